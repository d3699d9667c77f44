// Values by name, in memory at once and in IndexedDB a moment later: its "strict" writes survive a
// crash of the browser (localStorage is written seconds later). All tabs share one database: what a
// closed tab left there is found by the others.
export class LocalStore {
  constructor(name) {
    this.values = new Map();
    this.unwritten = new Set(); // names whose value is not in the database yet
    this.removed = new Map(); // name: the value to remove from the database
    this.writing = false;
    this.settled = () => {};
    this.waiting = []; // what resolves when nothing is being written
    this.ready = new Promise((ready) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore("kept");
      request.onerror = () => ready(); // no database: values live as long as the page
      request.onsuccess = async () => {
        this.database = request.result;
        await this.load();
        this.write();
        ready();
      };
    });
  }

  names() { return [...this.values.keys()]; }

  get(name) { return this.values.get(name); }

  put(name, value) {
    this.values.set(name, value);
    this.removed.delete(name);
    this.unwritten.add(name);
    this.write();
  }

  remove(name) {
    this.removed.set(name, this.values.get(name));
    this.values.delete(name);
    this.unwritten.delete(name);
    this.write();
  }

  // Whether the database has everything.
  get safe() { return this.unwritten.size === 0 && !this.writing; }

  // Resolves when nothing is being written any more.
  finished() {
    return this.writing ? new Promise((done) => this.waiting.push(done)) : Promise.resolve();
  }

  // Read what other tabs wrote; returns the names that were new here.
  load() {
    const found = [];
    return new Promise((done) => {
      if (!this.database) { done(found); return; }
      const request = this.database.transaction("kept").objectStore("kept").openCursor();
      request.onerror = () => done(found);
      request.onsuccess = ({ target: { result: at } }) => {
        if (!at) { done(found); return; }
        if (!this.values.has(at.key) && !this.removed.has(at.key)) {
          this.values.set(at.key, at.value);
          found.push(at.key);
        }
        at.continue();
      };
    });
  }

  // One write at a time, of everything that changed meanwhile, so that fast typing does not queue.
  async write() {
    if (!this.database || this.writing || this.unwritten.size + this.removed.size === 0) return;
    this.writing = true;
    const { unwritten, removed } = this;
    this.unwritten = new Set();
    this.removed = new Map();
    const written = await this.transact((transaction, store) => {
      for (const name of unwritten) store.put(this.values.get(name), name);
      transaction.commit(); // an automatic commit is lost if the page is left right now
    });
    if (!written) for (const name of unwritten) this.unwritten.add(name); // with the next write
    if (removed.size) await this.transact((_, store) => {
      for (const [name, value] of removed) {
        // Another tab may have written something newer.
        store.get(name).onsuccess = ({ target: { result } }) => {
          if (JSON.stringify(result) === JSON.stringify(value)) store.delete(name);
        };
      }
    });
    this.writing = false;
    if (written) this.write();
    if (!this.writing) for (const done of this.waiting.splice(0)) done();
    if (this.safe) this.settled();
  }

  // Resolves to whether the transaction is on the disk.
  transact(change) {
    return new Promise((done) => {
      const transaction = this.database.transaction("kept", "readwrite", { durability: "strict" });
      transaction.oncomplete = () => done(true);
      transaction.onabort = () => done(false);
      change(transaction, transaction.objectStore("kept"));
    });
  }
}
