package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ramet.simulator.Simulator;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClonesTest {

    @Test
    void buysTwoHundredAndFiftyOnceInNineCalls() {
        try (Simulator simulator = Simulator.builder()
                .credentials(System.getenv("TENCENTCLOUD_SECRET_ID"), System.getenv("TENCENTCLOUD_SECRET_KEY"))
                .start()) {
            Clones.buy(simulator.uri(), "Plain+Consumer1");

            assertEquals(250, simulator.books().bought());
            assertEquals(List.of(), simulator.books().boughtTwice());
            assertEquals(9, simulator.books().executions().size());
        }
    }

    @Test
    void thereIsNoMicrometerAndNoneIsMissed() {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("io.micrometer.common.KeyValue"));
        assertThrows(ClassNotFoundException.class, () -> Class.forName("io.micrometer.core.instrument.Meter"));
    }

    @Test
    void nettyComesWithoutNativeLibraries() {
        List<String> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(path -> Path.of(path).getFileName().toString())
                .filter(name -> name.startsWith("netty-"))
                .toList();

        assertNotEquals(List.of(), jars);
        assertEquals(
                List.of(),
                jars.stream().filter(name -> name.matches(".*-(linux|osx|windows)-.*")).toList());
    }
}
