import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.encryption.s3.S3EncryptionClientException;
import software.amazon.encryption.s3.materials.DecryptionMaterials;
import software.amazon.encryption.s3.materials.EncryptedDataKey;
import software.amazon.encryption.s3.materials.EncryptionMaterials;
import software.amazon.encryption.s3.materials.Keyring;

/**
 * Opens objects that were sealed to the public half of an RSA key in AWS KMS: with it, an S3EncryptionClient asks KMS Decrypt
 * for the data key. For amazon-s3-encryption-client-java 4.
 */
public record KmsRsaKeyring(KmsClient kms, String keyArn) implements Keyring {
    @Override
    public DecryptionMaterials onDecrypt(DecryptionMaterials materials, List<EncryptedDataKey> dataKeys) {
        EncryptedDataKey dataKey = dataKeys.get(0);
        if (dataKeys.size() != 1 || !dataKey.keyProviderInfo().equals("RSA-OAEP-SHA1")) {
            throw new S3EncryptionClientException("the data key is not wrapped with RSA-OAEP-SHA1");
        }
        // What was wrapped: the key's length, the key, and the name of the content algorithm that it is for.
        byte[] wrapped = decrypt(dataKey.encryptedDatakey());
        String content = materials.algorithmSuite().isCommitting() ? "115" : "AES/GCM/NoPadding";
        byte[] suffix = content.getBytes(StandardCharsets.US_ASCII);
        if (wrapped.length != 33 + suffix.length || wrapped[0] != 32 || !Arrays.equals(wrapped, 33, wrapped.length, suffix, 0, suffix.length)) {
            throw cannotUnwrap();
        }
        return materials.toBuilder().plaintextDataKey(Arrays.copyOfRange(wrapped, 1, 33)).build();
    }

    @Override
    public EncryptionMaterials onEncrypt(EncryptionMaterials materials) {
        throw new S3EncryptionClientException("this keyring only opens");
    }

    private byte[] decrypt(byte[] ciphertext) {
        try {
            return kms.decrypt(request -> request.keyId(keyArn).encryptionAlgorithm("RSAES_OAEP_SHA_1")
                    .ciphertextBlob(SdkBytes.fromByteArray(ciphertext))).plaintext().asByteArray();
        } catch (InvalidCiphertextException error) {
            throw cannotUnwrap();
        }
    }

    /** One error whatever is wrong with what was wrapped: who sends objects learns nothing from it. */
    private static S3EncryptionClientException cannotUnwrap() {
        return new S3EncryptionClientException("the data key cannot be unwrapped");
    }
}
