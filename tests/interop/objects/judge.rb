# The S3 Encryption Client of the Ruby SDK (V2 only) as a judge of objects: one JSON command per line of standard input, one JSON
# answer line each.
#
#   {"op": "get", "bucket", "key", "privateKey", "out"}
#   {"op": "put", "bucket", "key", "publicKey", "in", "description", "instructionFile"}
#   -> {"ok": true} or {"error": "..."}
#
# `privateKey`, `publicKey` (PEM), `in` and `out` are files.

require "aws-sdk-s3"
require "json"

S3 = Aws::S3::Client.new(endpoint: ENV.fetch("AWS_ENDPOINT_URL"), region: ENV.fetch("AWS_REGION"), force_path_style: true)

def client(pem, **options)
  Aws::S3::EncryptionV2::Client.new(
    client: S3, encryption_key: OpenSSL::PKey::RSA.new(File.read(pem)), key_wrap_schema: :rsa_oaep_sha1,
    content_encryption_schema: :aes_gcm_no_padding, security_profile: :v2, **options
  )
end

def get(command)
  opened = client(command["privateKey"]).get_object(bucket: command["bucket"], key: command["key"])
  File.binwrite(command["out"], opened.body.read)
end

def put(command)
  location = command["instructionFile"] ? :instruction_file : :metadata
  File.open(command["in"], "rb") do |body|
    client(command["publicKey"], envelope_location: location, materials_description: JSON.generate(command["description"], ascii_only: true))
      .put_object(bucket: command["bucket"], key: command["key"], body: body)
  end
end

$stdout.sync = true
$stdin.each_line do |line|
  command = JSON.parse(line)
  send({ "get" => :get, "put" => :put }.fetch(command["op"]), command)
  puts JSON.generate({ ok: true })
rescue StandardError => e
  puts JSON.generate({ error: "#{e.class}: #{e.message}" })
end
