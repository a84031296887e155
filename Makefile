# Towpath on this machine. `make` lists the targets. Needs git, make and any Node with npm; the rest installs itself.
# Written for GNU make 3.81, which macOS has.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

ifeq ($(OS),Windows_NT)
ifndef WSL_DISTRO_NAME
$(error error PLATFORM_UNSUPPORTED: Towpath does not run on native Windows. Open a WSL2 terminal (wsl --install) and clone the repository there)
endif
endif

WITH := scripts/with-toolchain
TOWPATH := node packages/cli/bin/towpath.cjs
STATE := --state .towpath
PROJECT := --project examples/sqlserver-bronze

.PHONY: help dev dev-mock deploy status logs stop test check acceptance bench platform pack clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

# `exec` lets Ctrl-C reach the program itself, not a shell before it.
dev: ## everything in the foreground: console, agent, PostgreSQL, mock SQL Server; Ctrl-C ends it
	@exec $(WITH) --console $(TOWPATH) dev $(PROJECT) $(STATE)

dev-mock: ## the mock SQL Server alone, in the background
	@exec $(WITH) $(TOWPATH) mock-sqlserver --detach $(STATE)

deploy: ## the same in the background: in Docker where an engine answers (TOWPATH_EXECUTOR=process: not), beside dev-mock
	@exec $(WITH) --console node scripts/deploy.ts $(PROJECT) $(STATE)

status: ## what is running
	@exec $(WITH) $(TOWPATH) status $(STATE)

logs: ## follow the log of the newest run
	@exec $(WITH) $(TOWPATH) logs --follow $(STATE)

stop: ## end what deploy and dev-mock started; the state is kept
	@exec $(WITH) $(TOWPATH) stop $(STATE)

test: ## all tests, on real PostgreSQL and real processes
	@exec $(WITH) --console node scripts/test.ts

check: ## format, lint, types, arrows, limits, dead code
	@exec $(WITH) node scripts/check.ts

acceptance: ## acceptance statement, its tests, their result in the last `make test`
	@exec $(WITH) node scripts/acceptance.ts

bench: ## measure everything beside its floor (ten minutes); writes docs/benchmarks.md
	@exec $(WITH) --console node scripts/bench.ts

platform: ## the npm package as a folder, of which `towpath platform publish` makes images: .towpath/package/bin/towpath.cjs
	@exec $(WITH) --console node scripts/pack.ts --unpacked .towpath/package

pack: ## the npm package towpath-<version>.tgz
	@exec $(WITH) --console node scripts/pack.ts

clean: ## stop everything, remove its state and what was built
	@exec scripts/clean
