// Plans that come back from wherever they were.

import { BongtuError, inputError } from "../../base/errors.js";
import { refuseMisspelt } from "../../base/option-names.js";
import { checkObject } from "../../base/options.js";
import { type MultipartPlan, multipartPlan } from "./multipart-plan.js";

/** The plan, if it is one for what is sealed. */
export function checkPlan(
  sealed: Pick<MultipartPlan, "size" | "format">,
  plan: MultipartPlan | undefined,
): MultipartPlan {
  if (plan === undefined) {
    throw inputError("uploadParts needs a plan, as multipartPlan makes one");
  }
  checkObject(plan, "the plan");
  refuseMisspelt(plan, ["size", "format", "partSize", "partCount", "concurrency"], "plan.");
  const { size, format } = sealed;
  if (plan.size !== size) {
    throw inputError(`the plan is for ${plan.size} bytes, but the sealed data has ${size}`);
  }
  if (plan.format !== format) {
    throw inputError(`the plan is for format ${plan.format}, but the sealed data has ${format}`);
  }
  const { partSize, partCount, concurrency } = plan;
  const made = multipartPlan(size, { format, partSize, concurrency });
  if (made.partCount !== partCount) {
    throw inputError("the plan's partCount does not follow from its size and partSize");
  }
  return made;
}

/** The plan of a spool, which has its part size; one that is given says how many at a time. */
export function planFor(
  spooled: Pick<MultipartPlan, "size" | "format" | "partSize">,
  plan: MultipartPlan | undefined,
): MultipartPlan {
  const { partSize } = spooled;
  if (plan === undefined) {
    return multipartPlan(spooled, { partSize });
  }
  if (checkPlan(spooled, plan).partSize !== partSize) {
    throw new BongtuError(
      "ERR_PART_SIZE",
      `this spool was made for parts of ${partSize} bytes, and takes no others`,
    );
  }
  return plan;
}
