package io.ramet.cli;

import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the faults of {@code simulate --fault}. */
final class Faults implements ITypeConverter<Fault> {

    static final String NAMES = "throttle, reset, unseen (not executed), "
            + "lost, cut, hang, garbage, empty, html502, fewer-ids (executed)";

    @Override
    public Fault convert(String name) {
        if (!name.isEmpty() && Character.isUpperCase(name.charAt(0))) {
            return Fault.error(name, false);
        }
        return switch (name) {
            case "throttle" -> Fault.throttle();
            case "reset" -> Fault.reset(Stage.BEFORE_EXECUTING);
            case "lost" -> Fault.reset(Stage.AFTER_EXECUTING);
            case "cut" -> Fault.cutBody(20);
            case "hang" -> Fault.hang(true);
            case "garbage" -> Fault.garbage();
            case "empty" -> Fault.emptyObject(true);
            case "html502" -> Fault.html502(true);
            case "fewer-ids" -> Fault.fewerIds(1);
            case "unseen" -> Fault.html502(false);
            default ->
                throw new TypeConversionException("'" + name + "' is neither one of " + NAMES + " nor an error code");
        };
    }
}
