/** The same two people at a plain name, as on a phone in the network: without clipboard, locks, cryptography or service workers. */
import { talkOfTwo } from "./two-people.suite.ts";

talkOfTwo({ isStreamed: false, host: "parley.test" });
