import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.encryption.s3.CommitmentPolicy;
import software.amazon.encryption.s3.S3EncryptionClient;
import software.amazon.encryption.s3.algorithms.AlgorithmSuite;
import software.amazon.encryption.s3.internal.InstructionFileConfig;
import software.amazon.encryption.s3.materials.Keyring;
import software.amazon.encryption.s3.materials.MaterialsDescription;
import software.amazon.encryption.s3.materials.PartialRsaKeyPair;
import software.amazon.encryption.s3.materials.RsaKeyring;

/** The Amazon S3 Encryption Client. No client is closed: that would take seconds, and the shared one with it. */
final class Objects {
    private static final long LARGEST_OBJECT = 128 << 20;
    private static final URI ENDPOINT = URI.create(System.getenv("AWS_ENDPOINT_URL"));
    private static final S3AsyncClient ASYNC = S3AsyncClient.builder().endpointOverride(ENDPOINT).build();

    /** BUCKET KEY SECRET OUT [v3]: SECRET is a private key's PEM file, or the ARN of an RSA key in KMS; v3 refuses V2. */
    static void get(List<String> words) throws Exception {
        String secret = words.get(2);
        Keyring keyring = secret.startsWith("arn:") ? new KmsRsaKeyring(Messages.kms(secret), secret)
                : RsaKeyring.builder().wrappingKeyPair(pair(secret)).build();
        CommitmentPolicy policy = words.contains("v3") ? CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
                : CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT;
        S3EncryptionClient client = S3EncryptionClient.builderV4().wrappedClient(s3()).wrappedAsyncClient(ASYNC)
                .keyring(keyring).setBufferSize(LARGEST_OBJECT).commitmentPolicy(policy).build();
        byte[] plaintext = client.getObjectAsBytes(r -> r.bucket(words.get(0)).key(words.get(1))).asByteArray();
        Files.write(Path.of(words.get(3)), plaintext);
    }

    /** BUCKET KEY PEM IN [v2] [instruction] [NAME=VALUE…]: PEM is private or public, pairs are the material description. */
    static void put(List<String> words) throws Exception {
        List<String> flags = new ArrayList<>(words.subList(4, words.size()));
        boolean v2 = flags.remove("v2");
        boolean instruction = flags.remove("instruction");
        Keyring keyring = RsaKeyring.builder().wrappingKeyPair(pair(words.get(2)))
                .materialsDescription(MaterialsDescription.builder().putAll(Judge.pairs(flags)).build()).build();
        S3EncryptionClient client = S3EncryptionClient.builderV4().wrappedClient(s3()).wrappedAsyncClient(ASYNC).keyring(keyring)
                .encryptionAlgorithm(v2 ? AlgorithmSuite.ALG_AES_256_GCM_IV12_TAG16_NO_KDF
                        : AlgorithmSuite.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
                .commitmentPolicy(v2 ? CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
                        : CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
                .instructionFileConfig(InstructionFileConfig.builder().instructionFileClient(s3())
                        .enableInstructionFilePutObject(instruction).build())
                .build();
        client.putObject(r -> r.bucket(words.get(0)).key(words.get(1)), RequestBody.fromFile(Path.of(words.get(3))));
    }

    /** One for each object: an instruction file that was read leaves its connection taken, and a client has 50. */
    private static S3Client s3() {
        return S3Client.builder().endpointOverride(ENDPOINT).build();
    }

    private static PartialRsaKeyPair pair(String file) throws Exception {
        String pem = Files.readString(Path.of(file));
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", ""));
        KeyFactory rsa = KeyFactory.getInstance("RSA");
        if (pem.contains("PUBLIC")) {
            return new PartialRsaKeyPair(null, rsa.generatePublic(new X509EncodedKeySpec(der)));
        }
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) rsa.generatePrivate(new PKCS8EncodedKeySpec(der));
        PublicKey publicHalf = rsa.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
        return new PartialRsaKeyPair(key, publicHalf);
    }
}
