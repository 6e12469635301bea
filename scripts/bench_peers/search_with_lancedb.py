"""Hybrid search of LanceDB's own over made-up texts and vectors like those of benches/search.rs: prints JSON.

    search_with_lancedb.py CHUNKS QUESTIONS
"""

import asyncio
import json
import sys
import tempfile
import time

import lancedb
import numpy
import pyarrow

DIMENSION, WORDS, ASKED, HITS, BATCH = 384, 180, 8, 10, 10_000
# The commonest words hold sentences together, and are not asked for.
COMMONEST = 150


def words(random, texts, count, least=0):
    """As many texts of so many words, of which few are frequent and many are rare."""
    floor = numpy.log(max(least, 1)) / numpy.log(30_000)
    numbers = numpy.power(30_000, floor + (1 - floor) * random.random((texts, count))).astype(int)
    return [" ".join(f"w{number}" for number in row) for row in numbers]


def vectors(random, topics, count):
    """Of one topic mostly, of another a little, and of their own; unit length."""
    near, far = (topics[random.integers(len(topics), size=count)] for _ in range(2))
    found = near + 0.4 * far + 0.9 * (random.random((count, DIMENSION)) - 0.5)
    return (found / numpy.linalg.norm(found, axis=1, keepdims=True)).astype("float32")


def percentile(times, share):
    return sorted(times)[int(len(times) * share)] * 1000


async def main(chunks, questions):
    random = numpy.random.default_rng(1)
    topics = random.random((max(1, chunks // 100), DIMENSION)) - 0.5
    with tempfile.TemporaryDirectory() as folder:
        connection = await lancedb.connect_async(folder)
        table = None
        for start in range(0, chunks, BATCH):
            count = min(BATCH, chunks - start)
            rows = pyarrow.table({
                "id": [str(start + number) for number in range(count)],
                "text": words(random, count, WORDS),
                "vector": pyarrow.FixedSizeListArray.from_arrays(vectors(random, topics, count).ravel(), DIMENSION),
            })
            if table is None:
                table = await connection.create_table("chunks", rows)
            else:
                await table.add(rows)
        await table.create_index("text", config=lancedb.index.FTS(with_position=False))
        await table.optimize()
        reranker = lancedb.rerankers.RRFReranker()
        asked = list(zip(words(random, questions, ASKED, COMMONEST), vectors(random, topics, questions)))

        async def hybrid(text, vector):
            query = table.query().nearest_to(vector).nearest_to_text(text).rerank(reranker)
            return await query.select(["id"]).limit(HITS).to_list()

        async def lexical(text, _):
            return await table.query().nearest_to_text(text).select(["id"]).limit(HITS).to_list()

        async def nearest(_, vector):
            return await table.query().nearest_to(vector).select(["id"]).limit(HITS).to_list()

        found = {}
        for name, search in (("lexical", lexical), ("vector", nearest), ("hybrid", hybrid)):
            for text, vector in asked[:10]:
                await search(text, vector)
            times = []
            for text, vector in asked:
                begun = time.perf_counter()
                hits = await search(text, vector)
                times.append(time.perf_counter() - begun)
            if not hits:
                sys.exit(f"{name} search found nothing")
            found[name] = {"p50": percentile(times, 0.5), "p99": percentile(times, 0.99)}
        print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
