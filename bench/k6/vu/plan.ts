import type { Plan } from "../plan.ts";

/** Read once, before anything begins. */
export const plan = JSON.parse(open(__ENV["PLAN"]!)) as Plan;
