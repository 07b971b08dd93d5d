@echo off
rem Starts ramet. From JDK 19 on, its class-data archive is made in the user's cache folder by the first start.
setlocal
set "JAVA=java"
set "ARCHIVE="
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
if not defined JAVA_HOME goto start
if not exist "%LOCALAPPDATA%\ramet\cache" mkdir "%LOCALAPPDATA%\ramet\cache" 2> nul
findstr /r /c:"JAVA_VERSION=.1[78]" "%JAVA_HOME%\release" > nul 2>&1
if errorlevel 1 set ARCHIVE=-XX:+AutoCreateSharedArchive "-XX:SharedArchiveFile=%LOCALAPPDATA%\ramet\cache\ramet.jsa"
:start
"%JAVA%" -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr %ARCHIVE% -Dramet.program=ramet -jar "%~dp0..\lib\ramet.jar" %*
