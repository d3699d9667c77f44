// A few values by name, at hand at once and on the disk before anything else happens: IndexedDB,
// whose "strict" writes outlive a crash of the browser (localStorage is written seconds later).
export class Kept {
  constructor(name) {
    this.values = new Map();
    this.ready = new Promise((ready) => {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
      asked.onerror = () => ready(); // no disk: what is typed is kept as long as the page
      asked.onsuccess = () => {
        this.disk = asked.result;
        const store = this.store("readonly");
        store.openCursor().onsuccess = ({ target: { result: at } }) => {
          if (!at) { ready(); return; }
          if (!this.values.has(at.key)) this.values.set(at.key, at.value);
          at.continue();
        };
      };
    });
  }

  store(mode) {
    return this.disk.transaction("kept", mode, { durability: "strict" }).objectStore("kept");
  }

  // Committed at once: what is left to the browser does not outlive a page that is left just now.
  write(deed) {
    const store = this.store("readwrite");
    deed(store);
    store.transaction.commit();
  }

  names() { return [...this.values.keys()]; }

  get(name) { return this.values.get(name); }

  put(name, value) {
    this.values.set(name, value);
    if (this.disk) this.write((store) => store.put(value, name));
  }

  remove(name) {
    this.values.delete(name);
    if (this.disk) this.write((store) => store.delete(name));
  }
}
