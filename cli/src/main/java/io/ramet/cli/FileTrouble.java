package io.ramet.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says in words why a file cannot be used. Never what is in it: that could be a password. */
final class FileTrouble {

    private FileTrouble() {}

    /**
     * Says why.
     *
     * @param file what could not be used
     * @param failure what happened
     * @return the rest of a sentence that begins with the file's name
     */
    static String words(Path file, IOException failure) {
        if (Files.isDirectory(file)) {
            return "is a folder";
        }
        if (failure instanceof NoSuchFileException) {
            return "does not exist";
        }
        if (failure instanceof AccessDeniedException) {
            return "is not accessible to this user: see its permissions, and those of its folder";
        }
        if (failure instanceof CharacterCodingException) {
            return "is not text in UTF-8";
        }
        return "cannot be used: " + failure.getMessage();
    }
}
