// The official Go AWS Encryption SDK as a judge of AWS KMS RSA messages: one command per line of standard input, words
// parted by tabs, one answer line each. The commands are described in the README one folder up.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	mpl "github.com/aws/aws-cryptographic-material-providers-library/releases/go/mpl/awscryptographymaterialproviderssmithygenerated"
	mpltypes "github.com/aws/aws-cryptographic-material-providers-library/releases/go/mpl/awscryptographymaterialproviderssmithygeneratedtypes"
	esdk "github.com/aws/aws-encryption-sdk/releases/go/encryption-sdk/awscryptographyencryptionsdksmithygenerated"
	esdktypes "github.com/aws/aws-encryption-sdk/releases/go/encryption-sdk/awscryptographyencryptionsdksmithygeneratedtypes"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func main() {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		fmt.Println(answer(strings.Split(in.Text(), "\t")))
	}
}

func answer(words []string) string {
	if err := run(context.Background(), words); err != nil {
		return "refused | " + strings.Join(strings.Fields(err.Error()), " ")
	}
	return "ok"
}

func run(ctx context.Context, words []string) error {
	switch {
	case words[0] == "open" && len(words) >= 5:
		return open(ctx, words[1], words[2], words[3], words[4], pairs(words[5:]))
	case words[0] == "seal" && len(words) >= 7:
		return seal(ctx, words[1], words[2], words[3], words[4], words[5], words[6], pairs(words[7:]))
	}
	return fmt.Errorf("unknown command %q", words)
}

func open(ctx context.Context, arn, algorithm, in, out string, required map[string]string) error {
	keyring, err := newKeyring(ctx, arn, algorithm, nil)
	if err != nil {
		return err
	}
	client, err := esdk.NewClient(esdktypes.AwsEncryptionSdkConfig{})
	if err != nil {
		return err
	}
	message, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	opened, err := client.Decrypt(ctx, esdktypes.DecryptInput{Ciphertext: message, EncryptionContext: required, Keyring: keyring})
	if err != nil {
		return err
	}
	return os.WriteFile(out, opened.Plaintext, 0o600)
}

func seal(ctx context.Context, arn, algorithm, in, out, publicKey, frameLength string, pairs map[string]string) error {
	pem, err := os.ReadFile(publicKey)
	if err != nil {
		return err
	}
	keyring, err := newKeyring(ctx, arn, algorithm, pem)
	if err != nil {
		return err
	}
	client, err := esdk.NewClient(esdktypes.AwsEncryptionSdkConfig{})
	if err != nil {
		return err
	}
	plaintext, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	frame, err := strconv.ParseInt(frameLength, 10, 64)
	if err != nil {
		return err
	}
	suite := mpltypes.ESDKAlgorithmSuiteIdAlgAes256GcmHkdfSha512CommitKey
	sealed, err := client.Encrypt(ctx, esdktypes.EncryptInput{
		Plaintext: plaintext, EncryptionContext: pairs, Keyring: keyring, AlgorithmSuiteId: &suite, FrameLength: &frame})
	if err != nil {
		return err
	}
	return os.WriteFile(out, sealed.Ciphertext, 0o600)
}

func newKeyring(ctx context.Context, arn, algorithm string, publicKey []byte) (mpltypes.IKeyring, error) {
	settings, err := config.LoadDefaultConfig(ctx, config.WithRegion(strings.Split(arn, ":")[3]))
	if err != nil {
		return nil, err
	}
	providers, err := mpl.NewClient(mpltypes.MaterialProvidersConfig{})
	if err != nil {
		return nil, err
	}
	return providers.CreateAwsKmsRsaKeyring(ctx, mpltypes.CreateAwsKmsRsaKeyringInput{
		KmsKeyId: arn, EncryptionAlgorithm: kmstypes.EncryptionAlgorithmSpec(algorithm), KmsClient: kms.NewFromConfig(settings),
		PublicKey: publicKey})
}

// NAME=VALUE words: the encryption context.
func pairs(words []string) map[string]string {
	context := map[string]string{}
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		context[name] = value
	}
	return context
}
