using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
);

const worker :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "seal.wasm", wasm = embed "seal.wasm"),
    (name = "open.wasm", wasm = embed "open.wasm"),
    (name = "s3.wasm", wasm = embed "s3.wasm"),
    (name = "policy.wasm", wasm = embed "policy.wasm"),
    (name = "inspect.wasm", wasm = embed "inspect.wasm"),
    (name = "checksums.wasm", wasm = embed "checksums.wasm"),
    (name = "fallback.wasm", wasm = embed "fallback.wasm"),
  ],
);
