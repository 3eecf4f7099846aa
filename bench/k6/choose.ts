import { type Target, targets } from "./targets.ts";

/** The targets of these names or questions, all where none is given; undefined where one is unknown. */
export function chooseTargets(names: readonly string[]): readonly Target[] | undefined {
  const isOf = (name: string) => (target: Target) => [target.name, target.question].includes(name);
  if (names.some((name) => !targets.some(isOf(name)))) return undefined;
  if (names.length === 0) return targets;
  return targets.filter((target) => names.some((name) => isOf(name)(target)));
}
