// One tab of the browser owns the phone; the others show cards. When its tab is closed the next one
// gets it; another tab may also ask for it, and gets it unless there is a call.
import { TAB } from "../connection.js";

export class Owner {
  // `got` and `gave` are called when this tab gets and gives the phone, `refused` when the owner has
  // a call; `busy()` is whether this tab has one.
  constructor(agent, { got, gave, refused, busy }) {
    this.name = `firstline-phone-${agent}`;
    this.got = got;
    this.gave = gave;
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = ({ data: { take, denied } }) => {
      if (denied) {
        if (denied === TAB) refused();
      } else if (this.release) {
        if (busy()) this.channel.postMessage({ denied: take });
        else this.pass(take);
      } else this.next = take;
    };
  }

  // Wait for the phone, behind the tabs that wait already.
  wait() {
    navigator.locks.request(this.name, () => new Promise((release) => {
      this.release = release;
      const { next } = this;
      this.next = undefined;
      if (next && next !== TAB) this.pass(next); // it was asked for by a tab that waits behind this
      else this.got();
    }));
  }

  pass(tab) {
    this.gave(tab);
    this.release();
    this.release = undefined;
    this.wait();
  }

  // Ask the tab that has the phone for it.
  ask() {
    this.next = TAB;
    this.channel.postMessage({ take: TAB });
  }
}
