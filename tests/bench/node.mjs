// The process in which Node's tasks run; `startNode` forks it and asks it by messages.

import * as bongtu from "bongtu";
import { nodeExecutor as executor } from "../../pkg/js/executor/node.js";
import { cipherTasks } from "./cipher.mjs";
import { createTasks } from "./tasks.mjs";

let tasks;

process.on("message", async ({ prepare, measure }) => {
  if (prepare !== undefined) {
    tasks = await createTasks(bongtu, { size: prepare, executor, cipherTasks });
    process.send(tasks.names);
  } else {
    process.send(await tasks.measure(measure));
  }
});
