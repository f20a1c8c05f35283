// Answers of one counter to a JSON list of texts: encoding, units of each part, pieces never cut.
const COUNTERS = {
  "split-sms": (text) => {
    const { characterSet, parts } = require("split-sms").split(text);
    const octets = characterSet === "GSM" ? 1 : 2;
    return [characterSet.toLowerCase(), parts.map((part) => part.bytes / octets), []];
  },

  "sms-segments-calculator": (text) => {
    const { SegmentedMessage } = require("sms-segments-calculator");
    const message = new SegmentedMessage(text);
    const [encoding, bits] = message.encodingName === "GSM-7" ? ["gsm", 7] : ["unicode", 16];
    const units = message.segments.map((segment) => segment.messageSizeInBits() / bits);
    return [encoding, units, message.encodedChars.map((cluster) => cluster.raw)];
  },
};

const count = COUNTERS[process.argv[2]];
const texts = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map(count)));
