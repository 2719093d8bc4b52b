import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsRsaKeyringInput;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;

/**
 * The official Java AWS Encryption SDK as a judge of AWS KMS RSA messages: one command per line of standard input, words parted
 * by tabs, one answer line each. The commands are described in the README one folder up.
 */
public final class Judge {
    private static final MaterialProviders PROVIDERS = MaterialProviders.builder()
            .MaterialProvidersConfig(MaterialProvidersConfig.builder().build()).build();
    private static final Map<String, KmsClient> KMS_BY_REGION = new HashMap<>();

    public static void main(String[] args) {
        for (Scanner in = new Scanner(System.in, StandardCharsets.UTF_8); in.hasNextLine();) {
            System.out.println(answer(List.of(in.nextLine().split("\t"))));
        }
    }

    private static String answer(List<String> words) {
        try {
            switch (words.get(0)) {
                case "open" -> open(words.get(1), words.get(2), Path.of(words.get(3)), Path.of(words.get(4)), pairs(words, 5));
                case "seal" -> seal(words.get(1), words.get(2), Path.of(words.get(3)), Path.of(words.get(4)), Path.of(words.get(5)),
                        Integer.parseInt(words.get(6)), pairs(words, 7));
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

    private static void open(String arn, String algorithm, Path in, Path out, Map<String, String> context) throws Exception {
        IKeyring keyring = keyring(arn, algorithm, null);
        Files.write(out, AwsCrypto.standard().decryptData(keyring, Files.readAllBytes(in), context).getResult());
    }

    private static void seal(String arn, String algorithm, Path in, Path out, Path publicKey, int frameLength,
            Map<String, String> context) throws Exception {
        IKeyring keyring = keyring(arn, algorithm, ByteBuffer.wrap(Files.readAllBytes(publicKey)));
        AwsCrypto crypto = AwsCrypto.builder()
                .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
                .withEncryptionFrameSize(frameLength).build();
        Files.write(out, crypto.encryptData(keyring, Files.readAllBytes(in), context).getResult());
    }

    private static IKeyring keyring(String arn, String algorithm, ByteBuffer publicKey) {
        CreateAwsKmsRsaKeyringInput.Builder input = CreateAwsKmsRsaKeyringInput.builder().kmsKeyId(arn)
                .encryptionAlgorithm(EncryptionAlgorithmSpec.fromValue(algorithm))
                .kmsClient(KMS_BY_REGION.computeIfAbsent(arn.split(":")[3], Judge::kms));
        if (publicKey != null) {
            input.publicKey(publicKey);
        }
        return PROVIDERS.CreateAwsKmsRsaKeyring(input.build());
    }

    /** The endpoint is set by hand: the SDK that the Encryption SDK asks for does not read AWS_ENDPOINT_URL yet. */
    private static KmsClient kms(String region) {
        return KmsClient.builder().region(Region.of(region))
                .endpointOverride(URI.create(System.getenv("AWS_ENDPOINT_URL"))).build();
    }

    /** NAME=VALUE words: the encryption context. */
    private static Map<String, String> pairs(List<String> words, int from) {
        Map<String, String> pairs = new HashMap<>();
        for (String word : words.subList(from, words.size())) {
            int cut = word.indexOf('=');
            pairs.put(word.substring(0, cut), word.substring(cut + 1));
        }
        return pairs;
    }
}
