package io.ramet.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Why a file cannot be used, in words. Never quotes its content, which could be a password. */
final class FileTrouble {

    private FileTrouble() {}

    /**
     * The reason in words.
     *
     * @param file the file that could not be used
     * @param failure what happened
     * @return the end of a sentence that begins with the file's name
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
