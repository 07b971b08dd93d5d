package io.ramet.simulator;

import java.util.EnumMap;
import java.util.Map;

/** What performs each action. */
final class Handlers {

    private Handlers() {}

    static Map<Action, Handler> of(Inventory inventory, Books books) {
        TaskListing tasks = new TaskListing(inventory);
        Map<Action, Handler> handlers = new EnumMap<>(Action.class);
        handlers.put(Action.CLONE_INSTANCES, new Purchase(inventory, books));
        handlers.put(Action.DESCRIBE_INSTANCES, new InstanceListing(inventory));
        handlers.put(Action.DESCRIBE_INSTANCE_DEAL_DETAIL, new DealListing(inventory));
        handlers.put(Action.DESCRIBE_TASK_INFO, tasks::info);
        handlers.put(Action.DESCRIBE_TASK_LIST, tasks::list);
        handlers.put(Action.DESCRIBE_INSTANCE_BACKUPS, new BackupListing(inventory));
        return handlers;
    }
}
