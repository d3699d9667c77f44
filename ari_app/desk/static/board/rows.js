// The rows of a table, of which the server sends the order and the cells of those that changed.
import { put } from "../put.js";

export class Rows {
  constructor(body) {
    this.body = body;
    this.rows = new Map(); // key: its row
  }

  get size() { return this.rows.size; }

  update(order, html) {
    const kept = new Set(order);
    for (const [key, row] of this.rows) {
      if (kept.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
    let before = null; // the row above
    for (const key of order) {
      const row = this.rows.get(key) ?? this.made(key);
      if (html[key] !== undefined) put(row, html[key]);
      const place = before ? before.nextElementSibling : this.body.firstElementChild;
      if (place !== row) this.body.insertBefore(row, place); // what stands right keeps its focus
      before = row;
    }
  }

  made(key) {
    const row = document.createElement("tr");
    row.dataset.key = key;
    this.rows.set(key, row);
    return row;
  }
}
