"""A language model of Byline's list behind an OpenAI-compatible address, to measure what goes over HTTP.

python docs/serve.py smollm2 8091; then, elsewhere:
BYLINE_LLM_BASE_URL=http://127.0.0.1:8091/v1 byline ask "..." --llm openai:smollm2
"""

import os
import sys
import threading

from index.settings import Settings
from qa.llm.choose import choose_model
from qa.llm.embedded import library


def serve(name: str, port: int) -> None:
    """Serve until it is interrupted."""
    xllamacpp = library()
    params = xllamacpp.CommonParams()
    params.model.path = str(choose_model(Settings.load(), name).file)
    params.port, params.n_ctx, params.n_parallel, params.warmup, params.cache_ram_mib = port, 4096, 1, False, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
