// A program that answers lines on its standard input with lines on its standard output: one process for a whole test run.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class LineProgram {
  #command;
  #process;
  #lines;
  #complaints = "";
  #ended;

  /** @param {{ env: NodeJS.ProcessEnv, cwd?: string }} options */
  constructor(command, args, options) {
    this.#command = command;
    this.#process = spawn(command, args, options);
    this.#ended = new Promise((resolve) => {
      this.#process.once("error", (error) => {
        this.#complaints += error.message;
        resolve();
      });
      this.#process.once("close", resolve);
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#process.stderr.setEncoding("utf8").on("data", (text) => {
      this.#complaints = (this.#complaints + text).slice(-4_000);
    });
    // A write to a program that has died: ask() tells why it did.
    this.#process.stdin.on("error", () => {});
  }

  /** Sends a line and returns the next one that the program says: one question at a time. */
  async ask(line) {
    this.#process.stdin.write(`${line}\n`);
    const { done, value } = await this.#lines.next();
    if (done) {
      await this.#ended;
      throw new Error(`${this.#command} ended instead of answering:\n${this.#complaints}`);
    }
    return value;
  }

  async close() {
    this.#process.stdin.end();
    await this.#ended;
  }
}
