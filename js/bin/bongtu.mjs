#!/usr/bin/env node
import "../js/cli/main.js";
