import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsRsaKeyringInput;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;

/** The AWS Encryption SDK: messages to AWS KMS RSA keys. */
final class Messages {
    private static final MaterialProviders PROVIDERS = MaterialProviders.builder()
            .MaterialProvidersConfig(MaterialProvidersConfig.builder().build()).build();
    private static final Map<String, KmsClient> KMS_BY_REGION = new HashMap<>();

    /** ARN ALGORITHM IN OUT [NAME=VALUE…] */
    static void open(List<String> words) throws Exception {
        IKeyring keyring = keyring(words.get(0), words.get(1), null);
        byte[] message = Files.readAllBytes(Path.of(words.get(2)));
        Map<String, String> context = Judge.pairs(words.subList(4, words.size()));
        Files.write(Path.of(words.get(3)), AwsCrypto.standard().decryptData(keyring, message, context).getResult());
    }

    /** ARN ALGORITHM IN OUT PUBLIC_PEM FRAME_LENGTH [NAME=VALUE…] */
    static void seal(List<String> words) throws Exception {
        IKeyring keyring = keyring(words.get(0), words.get(1), ByteBuffer.wrap(Files.readAllBytes(Path.of(words.get(4)))));
        AwsCrypto crypto = AwsCrypto.builder()
                .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
                .withEncryptionFrameSize(Integer.parseInt(words.get(5))).build();
        byte[] plaintext = Files.readAllBytes(Path.of(words.get(2)));
        Map<String, String> context = Judge.pairs(words.subList(6, words.size()));
        Files.write(Path.of(words.get(3)), crypto.encryptData(keyring, plaintext, context).getResult());
    }

    private static IKeyring keyring(String arn, String algorithm, ByteBuffer publicKey) {
        CreateAwsKmsRsaKeyringInput.Builder input = CreateAwsKmsRsaKeyringInput.builder().kmsKeyId(arn)
                .encryptionAlgorithm(EncryptionAlgorithmSpec.fromValue(algorithm)).kmsClient(kms(arn));
        if (publicKey != null) {
            input.publicKey(publicKey);
        }
        return PROVIDERS.CreateAwsKmsRsaKeyring(input.build());
    }

    /** A client for the Region of the key. */
    static KmsClient kms(String arn) {
        return KMS_BY_REGION.computeIfAbsent(arn.split(":")[3], region -> KmsClient.builder().region(Region.of(region))
                .endpointOverride(URI.create(System.getenv("AWS_ENDPOINT_URL"))).build());
    }
}
