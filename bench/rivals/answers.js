// One counter at work: a line of texts is answered with the parts of each, null with the seconds of CPU they take.
const COUNTERS = {
  "sms-length": () => {
    const { count } = require("sms-length");
    return (text) => count(text).messages;
  },

  "split-sms": () => {
    const { split } = require("split-sms");
    return (text) => split(text).parts.length;
  },

  "sms-segments-calculator": () => {
    const { SegmentedMessage } = require("sms-segments-calculator");
    return (text) => new SegmentedMessage(text).segmentsCount;
  },
};

process.env.NODE_ENV = "production"; // sms-length slows down without
const count = COUNTERS[process.argv[2]]();
let texts = [];

function answer(question) {
  if (question) texts = question;
  const started = process.cpuUsage();
  const parts = texts.map(count);
  const { user, system } = process.cpuUsage(started);
  return question ? parts : (user + system) / 1e6;
}

require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => console.log(JSON.stringify(answer(JSON.parse(line)))));
