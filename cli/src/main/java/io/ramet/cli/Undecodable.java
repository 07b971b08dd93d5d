package io.ramet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds arguments that Java could not decode. In a locale without UTF-8, such as {@code LC_ALL=C}, each byte beyond
 * ASCII has become a replacement character before {@code main} begins. A message about that character would explain
 * nothing.
 */
final class Undecodable {

    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private Undecodable() {}

    /**
     * Looks at the bytes that the process was started with, where the system shows them.
     *
     * @param arguments how many there are
     * @return whether one of them has a character that the process could not decode
     */
    static boolean among(int arguments) {
        if (System.getProperty("sun.jnu.encoding", "UTF-8").equalsIgnoreCase("UTF-8")) {
            return false;
        }
        try {
            return beyondAscii(Files.readAllBytes(COMMAND_LINE), arguments);
        } catch (IOException notThisSystem) {
            return false;
        }
    }

    /** Each argument ends with a zero byte; those of the program come last. */
    private static boolean beyondAscii(byte[] commandLine, int arguments) {
        int ends = 0;
        for (int i = commandLine.length - 1; i >= 0; i--) {
            if (commandLine[i] == 0) {
                ends++;
            }
            if (ends > arguments) {
                return false;
            }
            if (commandLine[i] < 0) {
                return true;
            }
        }
        return false;
    }
}
