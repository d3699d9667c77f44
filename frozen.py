import asyncio, os, signal, tempfile, subprocess, time
from pathlib import Path
from ari_app.store.db import Store
from ari_app.store.postgres import engine
from tests import postgres
from tests.operators import BELARUS
async def nothing(): pass
def one(db): return db.conn.execute("select count(*) from calls").fetchone()
async def main(cl):
    store = await Store.open(cl.make("froz"), BELARUS)
    w = asyncio.create_task(store.watch(nothing))
    await asyncio.sleep(3)
    print("health before", store.health)
    pids=[int(p) for p in subprocess.run(["pgrep","-P",str(cl._process.pid)],capture_output=True,text=True).stdout.split()]
    for p in [cl._process.pid,*pids]: os.kill(p, signal.SIGSTOP)
    t=time.monotonic()
    async def rd():
        try: return await store.look_up(one)
        except Exception as e: return repr(e)
    r=asyncio.create_task(rd())
    for _ in range(9):
        await asyncio.sleep(5)
        print(round(time.monotonic()-t), "health", store.health.fault or "ok", "read done", r.done(), r.done() and r.result(), flush=True)
    for p in [cl._process.pid,*pids]: os.kill(p, signal.SIGCONT)
    await asyncio.sleep(1); print(r.done(), r.result() if r.done() else None)
    w.cancel(); await store.close()
with tempfile.TemporaryDirectory(prefix="r3pg-") as d, postgres.running(Path(d)) as cl:
    asyncio.run(main(cl))
