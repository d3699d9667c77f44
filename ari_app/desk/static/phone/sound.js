// The devices of the phone: the microphone, what the caller is heard through, and what rings.
// They are chosen for this browser, and kept in it.
const KEPT = "firstline-sound";
const QUALITY = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

// Why there is no microphone, by the error of the browser.
const TROUBLE = {
  NotAllowedError: "forbidden",
  SecurityError: "forbidden",
  NotFoundError: "no-microphone",
  OverconstrainedError: "no-microphone",
};

export class Sound {
  constructor() {
    this.chosen = JSON.parse(localStorage.getItem(KEPT) ?? "{}"); // microphone, headset, loudspeaker
    this.stream = undefined; // a promise of what the microphone hears, while it is open
    this.voice = new Audio();
  }

  choose(device, id) {
    this.chosen[device] = id;
    localStorage.setItem(KEPT, JSON.stringify(this.chosen));
    if (device === "headset") output(this.voice, id);
  }

  // Why no microphone can be used; "" if one can. `busy()` is whether it is needed by then.
  async trouble(busy) {
    if (!window.isSecureContext) return "insecure";
    if (!navigator.mediaDevices?.getUserMedia || !window.RTCPeerConnection) return "unsupported";
    const open = this.stream !== undefined;
    try {
      await this.microphone();
      return "";
    } catch (error) {
      return TROUBLE[error.name] ?? "microphone-busy";
    } finally {
      if (!open && !busy()) this.end();
    }
  }

  // What the chosen microphone hears, or any if it is not plugged in. It stays open until `end`.
  microphone() {
    this.stream ??= this.listen().catch((error) => {
      this.stream = undefined;
      throw error;
    });
    return this.stream;
  }

  async listen() {
    const { microphone } = this.chosen;
    const asked = microphone ? { deviceId: { exact: microphone } } : {};
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: { ...QUALITY, ...asked } });
    } catch (error) {
      if (!microphone || TROUBLE[error.name] !== "no-microphone") throw error;
      return navigator.mediaDevices.getUserMedia({ audio: QUALITY });
    }
  }

  // Open the microphone again: another one was chosen, plugged in, or pulled out.
  async reopen() {
    const before = this.stream;
    this.stream = undefined;
    try {
      return await this.microphone();
    } finally {
      stop(before);
    }
  }

  // Let the caller be heard.
  play(stream) {
    this.voice.srcObject = stream;
    output(this.voice, this.chosen.headset);
    this.voice.play().catch(() => {}); // the next click or key lets it play: see Phone
  }

  // The call is over: close the microphone.
  end() {
    this.voice.srcObject = null;
    stop(this.stream);
    this.stream = undefined;
  }

  // The devices of this computer: [{ kind, deviceId, label }].
  async devices() {
    const found = await navigator.mediaDevices.enumerateDevices();
    return found.filter(({ kind }) => kind.startsWith("audio"));
  }
}

// Let an element sound at a device; at the usual one if that is not plugged in.
export function output(element, id = "") {
  element.setSinkId?.(id).catch(() => element.setSinkId(""));
}

async function stop(stream) {
  for (const track of (await stream?.catch(() => undefined))?.getTracks() ?? []) track.stop();
}
