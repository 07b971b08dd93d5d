package io.ramet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * Writes the manual pages of the distribution, which are the help of each command in the form that {@code man} shows,
 * and the completion of commands for a shell.
 */
final class ManPages {

    private ManPages() {}

    /**
     * Called by the build.
     *
     * @param arguments the folder in which the folders {@code man} and {@code completion} are written
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0], "man"));
        CommandLine ramet = Ramet.commandLine(CliContext.ofThisProcess(false));
        Path completion = Files.createDirectories(Path.of(arguments[0], "completion"));
        Files.writeString(completion.resolve("ramet"), AutoComplete.bash("ramet", ramet) + "\n");
        write(folder, ramet);
        for (CommandLine command : ramet.getSubcommands().values()) {
            if (!List.of("help", "generate-completion").contains(command.getCommandName())) {
                write(folder, command);
            }
        }
    }

    private static void write(Path folder, CommandLine command) throws IOException {
        String name = command.getCommandSpec().qualifiedName("-");
        Files.writeString(folder.resolve(name + ".1"), page(name, command));
    }

    static String page(String name, CommandLine command) {
        String description =
                String.join(" ", command.getCommandSpec().usageMessage().description());
        return String.join(
                        "\n",
                        ".TH " + name.toUpperCase(Locale.ROOT) + " 1",
                        ".SH NAME",
                        escaped(name) + " \\- " + escaped(description),
                        ".SH USAGE",
                        ".nf",
                        escaped(command.getUsageMessage(Ansi.OFF)).strip(),
                        ".fi")
                + "\n";
    }

    /** A line could be broken at a hyphen, and one that begins with a dot or a quote would be a request of troff. */
    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^(?=[.'])", "\\\\&");
    }
}
