// A few values by name, at hand at once and on the disk a moment later: IndexedDB, whose "strict"
// writes outlive a crash of the browser (localStorage is written seconds later).
export class Kept {
  constructor(name) {
    this.values = new Map();
    this.waiting = new Set(); // names whose value is not on the disk yet
    this.writing = false;
    this.settled = () => {};
    this.ready = new Promise((ready) => {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
      asked.onerror = () => ready(); // no disk: what is typed is kept as long as the page
      asked.onsuccess = () => {
        this.disk = asked.result;
        const store = this.disk.transaction("kept").objectStore("kept");
        store.openCursor().onsuccess = ({ target: { result: at } }) => {
          if (!at) { ready(); this.write(); return; }
          if (!this.values.has(at.key)) this.values.set(at.key, at.value);
          at.continue();
        };
      };
    });
  }

  names() { return [...this.values.keys()]; }

  get(name) { return this.values.get(name); }

  put(name, value) {
    this.values.set(name, value);
    this.waiting.add(name);
    this.write();
  }

  remove(name) {
    this.values.delete(name);
    this.waiting.add(name);
    this.write();
  }

  // Whether the disk has it all.
  get safe() { return this.waiting.size === 0 && !this.writing; }

  // One transaction at a time, for all that changed meanwhile: a fast hand makes no queue.
  write() {
    if (!this.disk || this.writing || this.waiting.size === 0) return;
    this.writing = true;
    const deal = this.disk.transaction("kept", "readwrite", { durability: "strict" });
    const store = deal.objectStore("kept");
    for (const name of this.waiting) {
      if (this.values.has(name)) store.put(this.values.get(name), name);
      else store.delete(name);
    }
    deal.commit(); // what is left to the browser does not outlive a page that is left just now
    this.waiting.clear();
    deal.oncomplete = deal.onabort = () => {
      this.writing = false;
      this.write();
      if (this.safe) this.settled();
    };
  }
}
