import { talkOfTwo } from "./two-people.suite.ts";

talkOfTwo({ isStreamed: false });
