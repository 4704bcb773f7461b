import { expect, test } from "vitest";

import { urgency } from "./overview.ts";

test("a photo that waits is said to be urgent only when somebody should act", () => {
  expect(urgency(null)).toBe("good");
  expect(urgency(59)).toBe("good");
  expect(urgency(60)).toBe("look");
  expect(urgency(900)).toBe("bad");
});
