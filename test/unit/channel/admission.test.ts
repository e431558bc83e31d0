// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createAdmission, type Knock } from "../../../server/src/channel/admission.js";
import { NATIVE_BUDGETS, PORTABLE_BUDGETS } from "../../../server/src/channel/constants.js";

const knock = (change: Partial<Knock> = {}): Knock => ({
  group: "group",
  source: "source",
  neighbour: undefined,
  costly: false,
  proves: () => false,
  ...change,
});
const proven = (name: string, group = name): Knock =>
  knock({ group, source: name, proves: () => true });

/** The verdicts on so many knocks, `everyMs` apart, counted. */
function judged(
  count: number,
  everyMs: number,
  knocks: (i: number) => Knock,
  admission = createAdmission(NATIVE_BUDGETS),
  halfOpen = 0,
  fromMs = 0,
) {
  const counts = { answer: 0, prove: 0, drop: 0 };
  for (let i = 0; i < count; i++) {
    counts[admission.judge(knocks(i), halfOpen, fromMs + i * everyMs).verdict] += 1;
  }
  return counts;
}

describe("admission", () => {
  it("answers 20 a second of one group, 5 at once, and asks for a cookie beyond", () => {
    expect(judged(10, 0, () => knock())).toEqual({ answer: 5, prove: 5, drop: 0 });
    // 100 a second for 10 s: 5 and 20 a second.
    const { answer, drop } = judged(1_000, 10, () => knock());
    expect(answer).toBeGreaterThanOrEqual(200);
    expect(answer).toBeLessThanOrEqual(206);
    expect(drop).toBe(0);
  });

  it("demands cookies of all when more than 200 come in a second (portable: 10)", () => {
    const other = (i: number) => knock({ group: `${i}`, source: `${i}` });
    expect(judged(400, 0.001, other)).toEqual({ answer: 110, prove: 290, drop: 0 });
    // The budget aside, the 200th is still answered and the 201st not.
    const patient = createAdmission({ ...NATIVE_BUDGETS, message1: 100_000 });
    expect(judged(400, 0.001, other, patient).answer).toBe(200);
    const portable = createAdmission({ ...PORTABLE_BUDGETS, message1: 100_000 });
    expect(judged(400, 0.001, other, portable).answer).toBe(10);
  });

  it("demands cookies of all while more than 64 handshakes are half-open", () => {
    const admission = createAdmission(NATIVE_BUDGETS);
    expect(admission.judge(knock(), 64, 0).verdict).toBe("answer");
    expect(admission.judge(knock(), 65, 0).verdict).toBe("prove");
    expect(admission.judge(proven("a"), 65, 0)).toEqual({ verdict: "answer", proven: true });
  });

  it("always demands one where the answer is costly", () => {
    const admission = createAdmission(NATIVE_BUDGETS);
    expect(admission.judge(knock({ costly: true }), 0, 0).verdict).toBe("prove");
    const shown = knock({ costly: true, proves: () => true });
    expect(admission.judge(shown, 0, 0)).toEqual({ verdict: "answer", proven: true });
  });

  it("does not look at mac2 without a need", () => {
    const looks: string[] = [];
    const proves = () => looks.push("look") > 0;
    const admission = createAdmission(NATIVE_BUDGETS);
    expect(admission.judge(knock({ proves }), 0, 0)).toEqual({ verdict: "answer", proven: false });
    expect(looks).toEqual([]);
  });

  it("gives the proven a bucket of their own, which spoofing does not empty", () => {
    const admission = createAdmission(NATIVE_BUDGETS);
    judged(5_000, 0.2, () => knock(), admission);
    const own = judged(10, 0, () => knock({ proves: () => true }), admission, 0, 1_000);
    expect(own).toEqual({ answer: 5, prove: 0, drop: 5 });
    const later = judged(1_000, 10, () => knock({ proves: () => true }), admission, 65, 2_000);
    expect(later.answer).toBeGreaterThanOrEqual(200);
    expect(later.answer).toBeLessThanOrEqual(206);
  });

  it("keeps half of what the proven get for those that were not answered lately", () => {
    const admission = createAdmission(NATIVE_BUDGETS);
    // 1,000 hosts with 10 knocks a second each; then one more.
    judged(20_000, 0.1, (i) => proven(`${i % 1_000}`), admission, 65);
    expect(admission.judge(proven("newcomer"), 65, 2_000.05).verdict).toBe("answer");
    // One host with 1,000 ports is one.
    const ports = createAdmission(NATIVE_BUDGETS);
    const { answer } = judged(20_000, 0.1, (i) => proven(`${i % 1_000}`, "host"), ports, 65);
    expect(answer).toBeLessThan(700);
    expect(ports.judge(proven("newcomer"), 65, 2_000.05).verdict).toBe("answer");
  });

  it("answers no more than 20 % of a core pays for, whoever asks", () => {
    const all = (i: number) => (i % 2 === 0 ? proven(`${i}`) : knock({ group: `${i}` }));
    const { answer } = judged(100_000, 0.1, all);
    expect(answer).toBeLessThanOrEqual(NATIVE_BUDGETS.message1 * 10.3);
    expect(answer).toBeGreaterThan(NATIVE_BUDGETS.message1 * 4);
  });

  it("takes 500 a second of one neighbour, and others are not affected", () => {
    const admission = createAdmission(NATIVE_BUDGETS);
    const by = (neighbour: string) => (i: number) => ({
      ...proven(`${neighbour} ${i}`),
      neighbour,
    });
    const { drop } = judged(10_000, 0.1, by("m"), admission, 65);
    expect(drop).toBeGreaterThanOrEqual(9_000);
    expect(admission.judge(by("n")(0), 65, 1_000).verdict).toBe("answer");
  });

  it("asks for cookies 5,000 times a second and no more", () => {
    const { prove, drop } = judged(20_000, 0.1, (i) => knock({ group: `${i}` }), undefined, 65);
    expect(prove).toBeGreaterThan(9_900);
    expect(prove).toBeLessThanOrEqual(10_500);
    expect(drop).toBe(20_000 - prove);
  });
});
