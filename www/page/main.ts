// The page from key to opened file: each step hands what it made to the next.

import { AnatomyStep } from "./anatomy-step.ts";
import { BackEnd } from "./back-end.ts";
import { BigFile } from "./big-file.ts";
import { showCode } from "./code-figure.ts";
import { byId } from "./dom.ts";
import { FileStep } from "./file.ts";
import { KeyStep } from "./key.ts";
import { speak } from "./language.ts";
import { Ledger } from "./ledger.ts";
import { OpenStep } from "./open.ts";
import { SealStep } from "./seal.ts";
import { StoreStep } from "./store.ts";
import { offerTheme } from "./theme-button.ts";

const ledger = new Ledger();
const backEnd = BackEnd.fromAddress();

showCode();
speak(byId("language", HTMLButtonElement));
offerTheme(byId("theme", HTMLButtonElement));

const open = new OpenStep(backEnd);
const store = new StoreStep(backEnd, (stored) => open.ready(stored));
const anatomy = new AnatomyStep();
const seal = new SealStep(
  ledger,
  () => {
    anatomy.reset();
    store.reset();
    open.reset();
  },
  (sealed) => {
    anatomy.show(sealed);
    store.ready(sealed);
  },
);
const file = new FileStep((recipient, chosen) => seal.ready(recipient, chosen));
const bigFile = new BigFile(backEnd);
const key = new KeyStep(backEnd, (recipient) => {
  file.ready(recipient);
  bigFile.ready(recipient);
});

key.load();
