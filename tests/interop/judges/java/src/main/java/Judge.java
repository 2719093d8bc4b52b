import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Official Java software as a judge: one command per line of standard input, words parted by tabs, one answer line each. The
 * commands are described in the README two folders up.
 */
public final class Judge {
    public static void main(String[] args) {
        for (Scanner in = new Scanner(System.in, StandardCharsets.UTF_8); in.hasNextLine();) {
            List<String> words = List.of(in.nextLine().split("\t"));
            System.out.println(limited(words));
        }
        // The S3 client's threads would keep it alive.
        System.exit(0);
    }

    /** The S3 Encryption Client waits for ever on a body that is shorter than a tag. */
    private static String limited(List<String> words) {
        return CompletableFuture.supplyAsync(() -> answer(words))
                .completeOnTimeout("refused | no answer in 20 s", 20, TimeUnit.SECONDS).join();
    }

    private static String answer(List<String> words) {
        try {
            List<String> arguments = words.subList(1, words.size());
            switch (words.get(0)) {
                case "open" -> Messages.open(arguments);
                case "seal" -> Messages.seal(arguments);
                case "s3ec-get" -> Objects.get(arguments);
                case "s3ec-put" -> Objects.put(arguments);
                default -> throw new IllegalArgumentException("unknown command " + words.get(0));
            }
            return "ok";
        } catch (Exception error) {
            StringBuilder chain = new StringBuilder("refused");
            for (Throwable e = error; e != null; e = e.getCause()) {
                chain.append(" | ").append(e.getClass().getSimpleName()).append(": ").append(e.getMessage());
            }
            return chain.toString().replaceAll("\\s+", " ");
        }
    }

    /** NAME=VALUE words. */
    static Map<String, String> pairs(List<String> words) {
        Map<String, String> pairs = new HashMap<>();
        for (String word : words) {
            int cut = word.indexOf('=');
            pairs.put(word.substring(0, cut), word.substring(cut + 1));
        }
        return pairs;
    }
}
