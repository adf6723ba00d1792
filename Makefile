# `make demo` and `make test` do everything, set-up included; `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# the tools of .venv, with Java and Spark's Python set; written by the set-up
IN_ENV := . .venv/interestlake-env.sh &&
DEMO := out/demo

.PHONY: help setup demo test chart-test image-test docs cluster-test storage-test kill-test surfaces-test airflow-test commands-test bench bench-one bench-peers bench-published bench-small-worlds bench-speed bench-scale bench-lake bench-skew bench-neighbourhoods bench-proposals bench-days bench-ask bench-embed bench-embed-gpu bench-recipes bench-habits bench-tagger bench-sentiment bench-mentions bench-serve bench-decide lint format lock clean

help:  ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 26

setup:  ## virtual environment, Java, Spark jars; a second call does nothing
	@bash infra/setup/setup.sh

demo: setup  ## the whole pipeline on the generated world, then where to look
	@$(IN_ENV) interestlake run --source sample --quick --lake $(DEMO) --run-id demo
	@printf '%s\n' '' 'next    . .venv/interestlake-env.sh' '        interestlake who --lake $(DEMO)' \
		'        interestlake list --lake $(DEMO) --user u0000017' \
		'        interestlake ask "a book about trail running" --lake $(DEMO)' '        docs/tutorial.md goes on from there'

test:  ## set-up without the class archive, the linter, then every test except the slow suites below
	@bash infra/setup/setup.sh --without-archive
	@bash infra/test.sh $(PYTEST)

kill-test: setup  ## a run killed at points drawn by chance (BENCH=20: so many; 3) ends with an undisturbed one's tables
	@$(IN_ENV) python -m pytest tests/pipeline -m kill -s --kills $(or $(BENCH),3) $(PYTEST)

surfaces-test: setup  ## the notebooks and the MLproject entry points run for real
	@$(IN_ENV) python -m pytest tests/notebooks tests/mlproject -m surfaces $(PYTEST)

commands-test: setup  ## whole commands over lakes of their own: ask, refit, interests, expand, check-reasons, the page, ...
	@$(IN_ENV) python -m pytest tests -m commands $(PYTEST)

cluster-test: setup  ## a real standalone cluster: two executors, a GPU resource, tables equal to a local run's
	@$(IN_ENV) python -m pytest tests/cluster -m cluster -s $(PYTEST)

storage-test: setup  ## the pipeline on an S3 server and on HDFS, killed once and resumed; tables equal a local run's
	@bash infra/storage/prepare.sh
	@$(IN_ENV) python -m pytest tests/storage -m storage -s $(PYTEST)

airflow-test:  ## the DAG in an Airflow of its own
	@bash infra/airflow/test.sh

chart-test: setup  ## the Helm chart linted and rendered by a real helm, and held to the schema of Kubernetes
	@command -v helm >/dev/null || [ -x .cache/tools/helm ] || GOBIN=$(CURDIR)/.cache/tools go install helm.sh/helm/v3/cmd/helm@v3.22.0
	@[ -x .cache/tools/validate/bin/kubernetes-validate ] || { .venv/bin/python -m venv .cache/tools/validate \
	    && .cache/tools/validate/bin/pip install -q --require-hashes -r infra/kubernetes/validate.lock; }
	@$(IN_ENV) python -m pytest tests/surfaces/test_chart.py $(PYTEST)

image-test:  ## the image built without a daemon (buildah, root), and its README's commands tried; some 25 GB meanwhile
	@bash infra/docker/test.sh

docs:  ## the site of docs/ with reference pages from the code, into out/site; a broken link ends it
	@bash infra/setup/setup.sh --without-archive
	@$(IN_ENV) NO_MKDOCS_2_WARNING=1 mkdocs build --strict
	@echo 'out/site/index.html'

bench: setup  ## seconds, rows and memory per stage: the sample world, and MovieLens where ../shared/data has it
	@$(IN_ENV) python -m bench

bench-one: setup  ## runs beside the benchmark on ../shared/data: seconds, nDCG, equal?; BENCH="--only movielens --again"
	@$(IN_ENV) python -W ignore -m bench.one $(BENCH)

bench-peers: setup  ## other packages' models beside ours on MovieLens, each in an environment of its own
	@$(IN_ENV) python -m bench.peers

bench-published: setup  ## the published comparisons on ../shared/data, split and run with defaults; BENCH="digital-music video"
	@$(IN_ENV) python -W ignore -m bench.published $(BENCH)

bench-small-worlds: setup  ## the fused list beside its best single model where few people validate; BENCH="--data FOLDER"
	@$(IN_ENV) OMP_NUM_THREADS=1 python -W ignore -m bench.small_worlds $(BENCH)

bench-speed: setup  ## our ALS, lists, neighbours and transitions beside plain implicit and scipy, timed in turns
	@$(IN_ENV) python -W ignore -m bench.speed $(BENCH)

bench-lake: setup  ## the whole pipeline at 10k and 100k events (BENCH="--largest 10000000 --resume"): time, memory, shuffles per stage
	@$(IN_ENV) python -W ignore -m bench.whole_lake $(BENCH)

bench-skew: setup  ## a bot, an item of everybody, one text, one label, a .gz: longest tasks, memory, log; BENCH="bot --count N"
	@$(IN_ENV) python -W ignore -m bench.skew $(BENCH)

bench-neighbourhoods: setup  ## EASE by neighbourhoods beside the whole inverse on MovieLens: nDCG, seconds; BENCH="lastfm --l2 300"
	@$(IN_ENV) OMP_NUM_THREADS=1 python -W ignore -m bench.neighbourhoods $(BENCH)

bench-proposals: setup  ## candidates of every source where there are a million items: people a second, recall; BENCH="--items N"
	@$(IN_ENV) python -W ignore -m bench.proposals $(BENCH)

bench-days: setup  ## a release gone on from day by day beside one fitted anew: nDCG, seconds; BENCH="--lake LAKE --days N"
	@$(IN_ENV) python -W ignore -m bench.days $(BENCH)

bench-scale: setup  ## seconds, memory, edges and candidates at 100k, 1M and 10M events; a table and out/bench/scale.png
	@$(IN_ENV) python -W ignore -m bench.scale $(BENCH)

bench-ask: setup  ## requests answered by words, meaning, both and the profile; BENCH="--sample LAKE --movielens LAKE"
	@$(IN_ENV) python -W ignore -m bench.ask $(BENCH)

bench-embed: setup  ## every embedding engine beside sentence-transformers, alone and through Spark, on reviews
	@$(IN_ENV) python -W ignore -m bench.embed $(BENCH)

bench-embed-gpu:  ## the torch engine on a GPU beside sentence-transformers; needs no Java and no Spark
	@[ ! -f .venv/interestlake-env.sh ] || . .venv/interestlake-env.sh; \
	    PYTHONPATH=libs$${PYTHONPATH:+:$$PYTHONPATH} python -W ignore -m bench.embed_gpu $(BENCH)

bench-recipes: setup  ## every domain recipe as whole commands on a generated world: are its guard rails kept?
	@$(IN_ENV) python -W ignore -m bench.recipes $(BENCH)

bench-habits: setup  ## what each habit of training gives on a cut of an intent data set; BENCH="--data FOLDER"
	@$(IN_ENV) python -W ignore -m bench.habits $(BENCH)

bench-tagger: setup  ## the trained tagger beside Spark NLP's CRF; BENCH="--train A --dev B --test C", CoNLL files
	@$(IN_ENV) python -W ignore -m bench.tagger $(BENCH)

bench-sentiment: setup  ## the tuned encoder beside Spark NLP's naive Bayes; BENCH="--train A --dev B --test C", CSV files
	@$(IN_ENV) python -W ignore -m bench.sentiment $(BENCH)

bench-mentions: setup  ## polarity of the clause beside the whole text's; BENCH="--data CSV --model DIR [--train CSV]"
	@$(IN_ENV) python -W ignore -m bench.mentions $(BENCH)

bench-serve: setup  ## answers a second of the service, and their times, by wrk on this machine; BENCH="--lake LAKE"
	@$(IN_ENV) OMP_NUM_THREADS=1 python -W ignore -m bench.serve $(BENCH)

bench-decide: setup  ## alarms of A/A tests looked at daily, and coverage of values by logs, over many simulated worlds
	@$(IN_ENV) OMP_NUM_THREADS=1 python -W ignore -m bench.decide $(BENCH)

lint: setup  ## ruff: faults, and what the formatter would change; pyrefly: types
	@$(IN_ENV) ruff check .
	@$(IN_ENV) ruff format --check .
	@$(IN_ENV) pyrefly check --summary=none --output-format=min-text

format: setup  ## ruff's formatter over everything
	@$(IN_ENV) ruff format .

lock:  ## resolve requirements.lock again from pyproject.toml
	@bash infra/setup/lock.sh

clean:  ## remove what demo, bench and tests left; .venv, jars and other lakes stay
	rm -rf out/demo out/bench build dist spark-warehouse metastore_db derby.log .pytest_cache .ruff_cache
