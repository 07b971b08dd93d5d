package io.ramet.simulator;

import java.util.EnumMap;
import java.util.Map;

/** The handler of each action. */
final class Handlers {

    private Handlers() {}

    static Map<Action, Handler> of(Inventory inventory, Backups backups, Books books, SimulatorBuilder options) {
        TaskListing tasks = new TaskListing(inventory);
        BackupListing backupListing = new BackupListing(inventory, backups);
        Undo undo = new Undo(inventory, books, options.taskIdAsText);
        Shop shop = new Shop(options);
        Network network = new Network(options);
        SecurityGroups groups = new SecurityGroups(options, inventory);
        Templates templates = new Templates(options);
        Account account = new Account(options);
        Map<Action, Handler> handlers = new EnumMap<>(Action.class);
        handlers.put(Action.CLONE_INSTANCES, new Purchase(inventory, shop, network, groups, templates, account, books));
        handlers.put(Action.DESCRIBE_INSTANCES, new InstanceListing(inventory));
        handlers.put(Action.DESCRIBE_INSTANCE_DEAL_DETAIL, new DealListing(inventory, options.account));
        handlers.put(Action.DESCRIBE_TASK_INFO, tasks::info);
        handlers.put(Action.DESCRIBE_TASK_LIST, tasks::list);
        handlers.put(Action.DESCRIBE_INSTANCE_BACKUPS, backupListing::list);
        handlers.put(Action.DESCRIBE_BACKUP_DETAIL, backupListing::detail);
        handlers.put(Action.DESCRIBE_SECOND_LEVEL_BACKUP_INFO, backupListing::secondLevel);
        handlers.put(Action.DESTROY_POSTPAID_INSTANCE, undo::destroyPostpaid);
        handlers.put(Action.DESTROY_PREPAID_INSTANCE, undo::destroyPrepaid);
        handlers.put(Action.STARTUP_INSTANCE, undo::startup);
        handlers.put(Action.CLEAN_UP_INSTANCE, undo::cleanUp);
        handlers.put(Action.INQUIRY_PRICE_CREATE_INSTANCE, shop::price);
        handlers.put(Action.DESCRIBE_PRODUCT_INFO, shop::products);
        handlers.put(Action.DESCRIBE_PROJECT_SECURITY_GROUPS, groups::ofProject);
        handlers.put(Action.DESCRIBE_INSTANCE_SECURITY_GROUP, groups::ofInstances);
        handlers.put(Action.DESCRIBE_PARAM_TEMPLATES, templates);
        handlers.put(Action.DESCRIBE_SUBNETS, network::subnets);
        handlers.put(Action.DESCRIBE_ACCOUNT_BALANCE, account::balance);
        handlers.put(Action.GET_CALLER_IDENTITY, account::identity);
        return handlers;
    }
}
