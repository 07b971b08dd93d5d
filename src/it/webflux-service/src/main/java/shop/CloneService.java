package shop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Clones Redis instances for whoever posts what they want. */
@SpringBootApplication
public class CloneService {

    public static void main(String[] arguments) {
        SpringApplication.run(CloneService.class, arguments);
    }
}
