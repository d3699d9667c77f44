// A few values by name, at hand at once and on the disk a moment later: IndexedDB, whose "strict"
// writes outlive a crash of the browser (localStorage is written seconds later). All tabs have one
// disk: what a tab that was closed left there is found by the others.
export class Kept {
  constructor(name) {
    this.values = new Map();
    this.waiting = new Set(); // names whose value is not on the disk yet
    this.gone = new Map(); // name: the value that the disk need not have any more
    this.writing = false;
    this.settled = () => {};
    this.ready = new Promise((ready) => {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
      asked.onerror = () => ready(); // no disk: what is typed is kept as long as the page
      asked.onsuccess = async () => {
        this.disk = asked.result;
        await this.look();
        this.write();
        ready();
      };
    });
  }

  names() { return [...this.values.keys()]; }

  get(name) { return this.values.get(name); }

  put(name, value) {
    this.values.set(name, value);
    this.gone.delete(name);
    this.waiting.add(name);
    this.write();
  }

  remove(name) {
    this.gone.set(name, this.values.get(name));
    this.values.delete(name);
    this.waiting.delete(name);
    this.write();
  }

  // Whether the disk has it all.
  get safe() { return this.waiting.size === 0 && !this.writing; }

  // The names of what is on the disk and was not known here.
  look() {
    const found = [];
    return new Promise((seen) => {
      if (!this.disk) { seen(found); return; }
      const asked = this.disk.transaction("kept").objectStore("kept").openCursor();
      asked.onerror = () => seen(found);
      asked.onsuccess = ({ target: { result: at } }) => {
        if (!at) { seen(found); return; }
        if (!this.values.has(at.key) && !this.gone.has(at.key)) {
          this.values.set(at.key, at.value);
          found.push(at.key);
        }
        at.continue();
      };
    });
  }

  // One write at a time, of all that changed meanwhile: a fast hand makes no queue.
  async write() {
    if (!this.disk || this.writing || this.waiting.size + this.gone.size === 0) return;
    this.writing = true;
    const { waiting, gone } = this;
    this.waiting = new Set();
    this.gone = new Map();
    const written = await this.deal((deal, store) => {
      for (const name of waiting) store.put(this.values.get(name), name);
      deal.commit(); // what is left to the browser does not outlive a page that is left just now
    });
    if (!written) for (const name of waiting) this.waiting.add(name); // with what comes next
    if (gone.size) await this.deal((_, store) => {
      for (const [name, value] of gone) {
        // Another tab may have put something newer there.
        store.get(name).onsuccess = ({ target: { result } }) => {
          if (JSON.stringify(result) === JSON.stringify(value)) store.delete(name);
        };
      }
    });
    this.writing = false;
    if (written) this.write();
    if (this.safe) this.settled();
  }

  // Whether it is done, and on the disk.
  deal(deed) {
    return new Promise((done) => {
      const deal = this.disk.transaction("kept", "readwrite", { durability: "strict" });
      deal.oncomplete = () => done(true);
      deal.onabort = () => done(false);
      deed(deal, deal.objectStore("kept"));
    });
  }
}
