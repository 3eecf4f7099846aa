/** Numbers that travel. All stay below 2^53; channels and users share one sequence of numbers. */
export type ChannelId = number & { readonly brand: "channel" };
export type UserId = number & { readonly brand: "user" };

/** A channel or a user, as the carrier of numbered changes. */
export type StreamId = ChannelId | UserId;

/** The number a durable change takes in its stream; a message's own is its address. */
export type Seq = number;
