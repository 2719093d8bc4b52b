import { webCryptoExecutor as executor } from "/pkg/js/executor/webcrypto.js";
import * as bongtu from "/pkg/js/index.js";
import { createTasks } from "./tasks.mjs";

let tasks;

globalThis.prepare = async (size) => {
  const [file] = document.querySelector("input").files;
  tasks = undefined; // let the last one's memory go first
  tasks = await createTasks(bongtu, { size, file, executor });
  return tasks.names;
};
globalThis.measure = (name) => tasks.measure(name);
document.body.dataset.ready = "";
