// The agent's line: SIP over the desk's own socket, sound over WebRTC. Like a plain phone it has one
// call at a time; another caller meanwhile hears that it is busy.
import { clicked } from "./clicked.js";
import { UA, WebSocketInterface } from "./jssip.js";

const GATHERING = 500; // ms in which addresses of this computer are looked for
const AGAIN = 3000; // ms after which a refused registration is tried again
const OVERDUE = 5000; // ms after which a lost connection is tried again, whatever its own timer does
const RECOVERY = { connection_recovery_min_interval: 1, connection_recovery_max_interval: 5 }; // s
// Close codes of the socket after which it is not tried again.
const NO_PHONE = 4403; // the agent got a phone of their own
const ELSEWHERE = 4409; // another browser of the agent took the phone

export class Line {
  // `changed` is called after every change; `lost` when another browser took the phone.
  constructor(sound, { changed, lost }) {
    this.sound = sound;
    this.changed = changed;
    this.lost = lost;
    this.call = undefined;
    this.ready = false; // registered: it can be rung
    this.deaf = false; // no microphone: calls are refused
  }

  // Register as `account`; again after each connect of the page, which may bring a new secret.
  open(account) {
    if (this.account && account.uri !== this.account.uri && !this.call) this.close();
    this.account = account;
    if (this.agent) {
      this.agent.set("password", account.secret);
      if (!this.agent.isConnected()) this.agent.transport.connect(); // do not wait for its next try
      else if (!this.ready) this.agent.register();
      return;
    }
    const socket = new WebSocketInterface(new URL(account.socket, location.href.replace(/^http/, "ws")).href);
    socket.via_transport = "WS"; // what Asterisk sees, also where the browser comes over TLS
    const agent = new UA({
      sockets: [socket],
      uri: account.uri,
      authorization_user: account.user,
      password: account.secret,
      session_timers: false,
      no_answer_timeout: 3600, // how long it rings is the caller's affair
      register_expires: 120,
      ...RECOVERY,
    });
    this.agent = agent;
    agent.on("registered", () => this.become(true));
    agent.on("unregistered", () => this.become(false));
    agent.on("registrationFailed", () => {
      this.become(false);
      clearTimeout(this.again);
      this.again = setTimeout(() => { if (agent === this.agent && agent.isConnected()) agent.register(); }, AGAIN);
    });
    agent.on("connected", () => this.resume());
    agent.on("disconnected", ({ code }) => {
      this.become(false);
      if (this.call?.phase === "ringing") this.hangUp(); // that its caller hangs up would not be heard
      if (agent !== this.agent || (code !== ELSEWHERE && code !== NO_PHONE)) return;
      this.close();
      this.lost();
    });
    agent.on("newRTCSession", ({ originator, request, session }) => {
      if (originator !== "remote") return;
      this.offered(session, Boolean(request.getHeader("X-Firstline-Clicked")) && clicked());
    });
    agent.start();
  }

  // Unregister, and end the call.
  close() {
    const { agent } = this;
    this.agent = undefined;
    clearTimeout(this.again);
    this.become(false);
    agent?.stop();
  }

  // The server is back. A call went on without it: ask whether it still does; the answer also lets
  // Asterisk reach us over the new socket. A call that is gone ends here.
  resume() {
    if (this.call?.phase === "talking") this.call.session.renegotiate();
  }

  // Called every second, also in a hidden tab, which slows the timer of the connection itself.
  keep() {
    if (!this.agent || this.agent.isConnected() || Date.now() - (this.tried ?? 0) < OVERDUE) return;
    this.tried = Date.now();
    this.agent.transport.connect();
  }

  become(ready) {
    if (ready === this.ready) return;
    this.ready = ready;
    this.changed();
  }

  // A call comes: `own` is one that the agent has just clicked for, and is answered by itself.
  offered(session, own) {
    if (this.call) session.terminate({ status_code: 486 });
    else if (this.deaf) session.terminate({ status_code: 480 });
    else {
      this.take(session, "ringing", own);
      this.sound.microphone().catch(() => {}); // open before it is answered, which takes a while
      if (own) this.answer();
    }
  }

  async answer() {
    const { call } = this;
    if (call?.phase !== "ringing" || call.answered) return;
    call.answered = true;
    this.changed();
    try {
      const mediaStream = await this.sound.microphone();
      if (call === this.call) call.session.answer({ mediaStream, pcConfig: { iceServers: [] } });
    } catch {
      if (call === this.call) call.session.terminate({ status_code: 480 });
    }
  }

  // Whether the call is the test call.
  get tests() { return this.call?.number === "echo"; }

  // Call a number; false if there is a call, or no line.
  async dial(number) {
    if (this.call || !this.ready) return false;
    const mediaStream = await this.sound.microphone();
    this.take(this.agent.call(number, { mediaStream, pcConfig: { iceServers: [] } }), "calling");
    return true;
  }

  take(session, phase, own = false) {
    const { display_name: name, uri } = session.remote_identity;
    const call = { session, phase, name: name ?? "", number: uri.user ?? "", muted: false, held: false, own };
    this.call = call;
    const change = (values) => () => {
      if (call !== this.call) return;
      Object.assign(call, values);
      this.changed();
    };
    if (session.connection) this.listen(session.connection);
    session.on("peerconnection", ({ peerconnection }) => this.listen(peerconnection));
    session.on("icecandidate", ({ ready }) => { call.gathered ??= setTimeout(ready, GATHERING); });
    session.on("sdp", (description) => {
      if (description.originator === "local") description.sdp = named(description.sdp);
    });
    session.on("accepted", change({ phase: "talking" }));
    session.on("muted", change({ muted: true }));
    session.on("unmuted", change({ muted: false }));
    session.on("hold", ({ originator }) => { if (originator === "local") change({ held: true })(); });
    session.on("unhold", ({ originator }) => { if (originator === "local") change({ held: false })(); });
    const ended = ({ cause, originator }) => {
      clearTimeout(call.gathered);
      if (call !== this.call) return;
      this.call = undefined;
      this.sound.end();
      this.ended?.(call, cause, originator);
      this.changed();
    };
    session.on("ended", ended);
    session.on("failed", ended);
    this.changed();
  }

  listen(connection) {
    connection.addEventListener("track", ({ streams: [stream], track }) => {
      this.sound.play(stream ?? new MediaStream([track]));
    });
  }

  hangUp() {
    const { call } = this;
    if (!call) return;
    call.session.terminate(call.phase === "ringing" ? { status_code: 486 } : {});
  }

  mute(on = !this.call?.muted) {
    if (this.call?.phase !== "talking") return;
    if (on) this.call.session.mute({ audio: true });
    else this.call.session.unmute({ audio: true });
  }

  // Hold the call, or go on with it. Not without the server, which must say that it heard it; what
  // is asked for until then follows.
  hold() {
    const { call } = this;
    if (call?.phase !== "talking" || !this.agent.isConnected()) return;
    call.wanted = !(call.wanted ?? call.held);
    this.negotiate(call);
  }

  negotiate(call) {
    if (call.changing || call !== this.call || call.wanted === call.held) return;
    call.changing = true;
    const done = () => { call.changing = false; this.changed(); this.negotiate(call); };
    if (call.wanted ? call.session.hold({}, done) : call.session.unhold({}, done)) return;
    call.changing = false;
    call.wanted = call.held;
  }

  // Send a key of the keypad; whether it was sent.
  press(key) {
    if (this.call?.phase !== "talking") return false;
    try {
      this.call.session.sendDTMF(key, { transportType: "RFC2833" });
      return true;
    } catch (error) {
      console.warn("the key was not sent", error);
      return false;
    }
  }

  // Another microphone, during a call too.
  async replaceMicrophone() {
    const sender = this.call?.session.connection?.getSenders().find(({ track }) => track?.kind === "audio");
    if (!sender) return;
    const { enabled } = sender.track;
    const [track] = (await this.sound.microphone()).getAudioTracks();
    track.enabled = enabled; // muted stays muted
    await sender.replaceTrack(track);
  }
}

// A browser that hides its addresses names none, which Asterisk takes for a call on hold, and for one
// whose encryption it cannot begin. Where sound goes is ICE's decision alone, and we begin.
function named(sdp) {
  return sdp.replaceAll("c=IN IP4 0.0.0.0", "c=IN IP4 127.0.0.1")
    .replaceAll("a=setup:actpass", "a=setup:active");
}
