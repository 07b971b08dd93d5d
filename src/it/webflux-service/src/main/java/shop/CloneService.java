package shop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Clones Redis instances on request. */
@SpringBootApplication
public class CloneService {

    public static void main(String[] arguments) {
        SpringApplication.run(CloneService.class, arguments);
    }
}
