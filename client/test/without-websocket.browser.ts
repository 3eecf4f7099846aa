/** The same two people on a network that lets no WebSocket through: everything must go over its twin (E7, E10). */
import { talkOfTwo } from "./two-people.suite.ts";

talkOfTwo({ isStreamed: true });
