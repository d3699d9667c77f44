// The dialog of the phone: devices are chosen and tried in it.
const METER = 100; // ms between looks at the level

export class Settings {
  constructor({ sound, ring, line, headset, changed, failed }) {
    Object.assign(this, { sound, ring, line, headset, failed });
    this.dialog = document.getElementById("phone-settings");
    this.dialog.addEventListener("change", async ({ target }) => {
      if (!target.dataset.device) return;
      sound.choose(target.dataset.device, target.value);
      if (target.dataset.device === "microphone") {
        await changed();
        this.measure();
      }
    });
    this.dialog.addEventListener("click", ({ target }) => this.do(target.closest("button")?.dataset.try));
    this.dialog.addEventListener("close", () => {
      clearInterval(this.meter);
      this.context?.close();
      this.context = undefined;
      if (!line.call) sound.end();
    });
    const button = this.dialog.querySelector('[data-try="headset"]');
    button.hidden = !headset.possible;
  }

  async do(what) {
    const test = this.dialog.querySelector("[data-testing]");
    switch (what) {
      case "close": this.dialog.close(); break;
      case "ring": this.ring.start("", { test: true }); break;
      case "headset": await this.headset.choose().catch(() => {}); break;
      case "notify": await Notification.requestPermission(); this.update(); break;
      case "echo":
        if (this.line.call && !this.line.tests) return; // a caller is not hung up on from here
        if (this.line.call) this.line.hangUp();
        else if (!await this.line.dial("echo").catch(() => false)) test.textContent = test.dataset.failed;
        break;
    }
  }

  async open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.update();
    if (!await this.failed()) await this.measure(); // once it may be heard, devices have names, too
    await this.list();
  }

  // What the test call does.
  called(call) {
    const test = this.dialog.querySelector("[data-testing]");
    const { dialing, hear } = test.dataset, { tests } = this.line;
    test.textContent = !tests ? "" : call.phase === "calling" ? dialing : call.phase === "talking" ? hear : "";
    const button = this.dialog.querySelector('[data-try="echo"]');
    button.textContent = tests ? button.dataset.end : button.dataset.begin;
    button.ariaDisabled = String(Boolean(call) && !tests);
    if (this.testing && !call && this.dialog.open) this.measure(); // the call closed the microphone
    this.testing = Boolean(call);
  }

  update() {
    const may = window.Notification?.permission ?? "denied";
    this.dialog.querySelector('[data-try="notify"]').hidden = may !== "default";
    const place = this.dialog.querySelector("[data-notifications]");
    place.textContent = place.dataset[may];
  }

  async list() {
    const devices = await this.sound.devices();
    for (const select of this.dialog.querySelectorAll("select[data-device]")) {
      const kind = select.dataset.device === "microphone" ? "audioinput" : "audiooutput";
      const usual = new Option(select.dataset.usual, "");
      const others = devices.filter((each) => each.kind === kind && each.deviceId
        && each.deviceId !== "default" && each.deviceId !== "communications");
      select.replaceChildren(usual, ...others.map(({ label, deviceId }) => new Option(label, deviceId)));
      select.value = this.sound.chosen[select.dataset.device] ?? "";
      if (select.selectedIndex < 0) select.value = ""; // it is not plugged in
    }
  }

  // Show how loud the microphone is.
  async measure() {
    clearInterval(this.meter);
    const stream = await this.sound.microphone().catch(() => undefined);
    if (!stream || !this.dialog.open) return;
    this.context ??= new AudioContext();
    const analyser = this.context.createAnalyser();
    this.context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const shown = this.dialog.querySelector("meter");
    this.meter = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const loudness = Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
      shown.value = Math.max(0, 1 + Math.log10(loudness + 1e-6) / 3); // -60 dB is empty
    }, METER);
  }
}
