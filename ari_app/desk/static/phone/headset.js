// The buttons of headsets: over WebHID (Chromium), where a headset of the telephony page answers and
// hangs up by its hook, and over the media keys of the system.
// Usages: HID Usage Tables 1.5, Telephony Device Page (0x0B) and LED Page (0x08).
const TELEPHONY = { usagePage: 0x0b };
const HOOK = 0x0b0020, MUTE = 0x0b002f;
const OFF_HOOK_LIGHT = 0x080017, MUTE_LIGHT = 0x080009, RING_LIGHT = 0x080018;

export class Headset {
  // `does` has answer(), hangUp(), mute(); `call()` is the call, `changed` is called with the
  // name of the headset.
  constructor(does, call, changed) {
    this.does = does;
    this.call = call;
    this.changed = changed;
    this.seen = new Map(); // usage: whether its button was down
    this.media();
    navigator.hid?.addEventListener("disconnect", ({ device }) => {
      if (device === this.device) this.close();
    });
    navigator.hid?.addEventListener("connect", ({ device }) => this.open([device]));
    navigator.hid?.getDevices().then((devices) => this.open(devices));
  }

  get possible() { return navigator.hid !== undefined; }

  // Let the agent choose a headset; only after a click.
  async choose() { await this.open(await navigator.hid.requestDevice({ filters: [TELEPHONY] })); }

  async open(devices) {
    const device = devices.find((each) => bits(each, "inputReports").has(HOOK));
    if (!device || this.device) return;
    if (!device.opened) await device.open();
    this.device = device;
    this.buttons = bits(device, "inputReports");
    this.lights = bits(device, "outputReports");
    device.addEventListener("inputreport", (event) => this.reported(event));
    this.changed(device.productName);
    this.update();
  }

  close() {
    this.device = undefined;
    this.changed("");
  }

  reported({ device, reportId, data }) {
    if (device !== this.device) return;
    for (const [usage, { report, bit }] of this.buttons) {
      if (report !== reportId || bit >> 3 >= data.byteLength) continue;
      const down = Boolean(data.getUint8(bit >> 3) & (1 << (bit & 7)));
      if (down !== Boolean(this.seen.get(usage))) this.pressed(usage, down);
      this.seen.set(usage, down);
    }
  }

  pressed(usage, down) {
    const phase = this.call()?.phase;
    if (usage === HOOK && down && phase === "ringing") this.does.answer();
    if (usage === HOOK && !down && phase && phase !== "ringing") this.does.hangUp();
    if (usage === MUTE && down && phase === "talking") this.does.mute();
  }

  // Show what is so on the headset, and to the system.
  update() {
    const call = this.call();
    navigator.mediaSession?.setMicrophoneActive?.(Boolean(call && !call.muted));
    if (!this.device) return;
    const on = {
      [RING_LIGHT]: call?.phase === "ringing",
      [OFF_HOOK_LIGHT]: Boolean(call) && call.phase !== "ringing",
      [MUTE_LIGHT]: Boolean(call?.muted),
    };
    const reports = new Map();
    for (const [usage, { report, bit, bytes }] of this.lights) {
      const data = reports.get(report) ?? new Uint8Array(bytes);
      if (on[usage]) data[bit >> 3] |= 1 << (bit & 7);
      reports.set(report, data);
    }
    for (const [report, data] of reports) this.device.sendReport(report, data).catch(() => {});
  }

  // The keys that systems hand to pages: play and pause answer, and mute during a call.
  media() {
    const key = () => {
      const phase = this.call()?.phase;
      if (phase === "ringing") this.does.answer();
      else if (phase === "talking") this.does.mute();
    };
    const handlers = { play: key, pause: key, togglemicrophone: key, hangup: () => this.does.hangUp() };
    for (const [action, handler] of Object.entries(handlers)) {
      try {
        navigator.mediaSession?.setActionHandler(action, handler);
      } catch { /* this browser does not know the action */ }
    }
  }
}

// Where the bits of a device's reports are: usage: { report, bit, bytes of the report }.
function bits(device, kind) {
  const found = new Map();
  const visit = (collection) => {
    for (const { reportId, items } of collection[kind] ?? []) {
      const size = items.reduce((sum, item) => sum + item.reportSize * item.reportCount, 0);
      let at = 0;
      for (const item of items) {
        const usages = item.isRange ? range(item.usageMinimum, item.usageMaximum) : item.usages ?? [];
        if (item.reportSize === 1) {
          usages.slice(0, item.reportCount).forEach((usage, index) => {
            found.set(usage, { report: reportId, bit: at + index, bytes: Math.ceil(size / 8) });
          });
        }
        at += item.reportSize * item.reportCount;
      }
    }
    for (const child of collection.children ?? []) visit(child);
  };
  for (const collection of device.collections) visit(collection);
  return found;
}

function range(from, to) { return Array.from({ length: to - from + 1 }, (_, index) => from + index); }
