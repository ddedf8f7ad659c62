import { timeTypes } from '#libs/deadlines/state'

/** For specs that tell of what people do: event types without those of time, which follow from the others. */
export const withoutTime = (types: readonly string[]): readonly string[] => types.filter((type) => !timeTypes.has(type))
