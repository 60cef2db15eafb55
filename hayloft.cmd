@echo off
rem Finds a JDK, builds on first use, runs Hayloft: the launcher for Windows.
rem HAYLOFT_JAVA_HOME names a JDK, HAYLOFT_JAVA_OPTS adds JVM options.
setlocal EnableExtensions DisableDelayedExpansion

set "root=%~dp0"
set "root=%root:~0,-1%"

set "jdk="
if defined HAYLOFT_JAVA_HOME (
    call :fits "%HAYLOFT_JAVA_HOME%"
    if not defined jdk (
        echo hayloft: HAYLOFT_JAVA_HOME=%HAYLOFT_JAVA_HOME% holds no JDK 25.0.3 or newer>&2
        exit /b 1
    )
)
if not defined jdk if defined JAVA_HOME call :fits "%JAVA_HOME%"
for %%d in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%ProgramFiles%\Amazon Corretto" "%USERPROFILE%\.jdks") do (
    for /d %%j in ("%%~d\*") do call :fits "%%~j"
)
if not defined jdk (
    echo hayloft: found no JDK 25.0.3 or newer. Install one, or name its folder in HAYLOFT_JAVA_HOME.>&2
    exit /b 1
)

set "app=%root%"
if exist "%root%\pom.xml" (
    set "app=%root%\cli\target\hayloft"
    call :build || exit /b 1
)
if not exist "%app%\lib\hayloft-cli.jar" (
    echo hayloft: %app%\lib\hayloft-cli.jar is missing>&2
    exit /b 1
)
rem One collector and one largest heap on every machine, so that numbers compare; the heap starts small and grows as needed.
set "collector=-XX:+UseParallelGC"
set "first_heap=-Xms256m"
set "largest_heap=-Xmx4g"
set "young_heap=-XX:MaxNewSize=256m"
if defined HAYLOFT_JAVA_OPTS call :contradict
set "options=--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED --add-opens java.base/java.io=ALL-UNNAMED %collector% %first_heap% %largest_heap% %young_heap% -XX:-UsePerfData -Dai.djl.offline=true -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8"
set "archive=%app%\start-%version%.jsa"
if not exist "%archive%" call :prepare
"%jdk%\bin\java" %options% -XX:SharedArchiveFile="%archive%" -Xshare:auto -Xlog:cds*=off,aot*=off,class+path*=off %HAYLOFT_JAVA_OPTS% -jar "%app%\lib\hayloft-cli.jar" %*
exit /b %ERRORLEVEL%

rem Leaves out what HAYLOFT_JAVA_OPTS contradicts: the JVM refuses or warns of two collectors, or of a heap that starts
rem larger than it may get.
:contradict
call :given "XX:.Use[A-Za-z0-9]*GC" && set "collector="
call :given "Xms XX:InitialHeapSize= XX:[A-Za-z]*RAMPercentage=" && set "first_heap=" && set "largest_heap="
call :given "Xmx[0-9]*[kK] Xmx[0-9][mM] Xmx[0-9][0-9][mM] Xmx[0-9][0-9][0-9][mM]" && set "first_heap=" && set "young_heap="
call :given "XX:MaxHeapSize=" && set "first_heap=" && set "largest_heap=" && set "young_heap="
call :given "Xmn XX:NewSize= XX:MaxNewSize= XX:NewRatio=" && set "young_heap="
exit /b 0

rem Whether HAYLOFT_JAVA_OPTS has one of the patterns in %1, which have blanks between. (findstr takes a leading - for an option.)
:given
set HAYLOFT_JAVA_OPTS | findstr /r "%~1" >nul
exit /b %ERRORLEVEL%

rem Makes the archive of loaded classes, which shortens a start, by a short run: once for each build and version of Java.
rem An empty one says that there is none; a broken one, or one for other jars, is ignored.
:prepare
type nul >"%archive%.new" 2>nul || exit /b 0
"%jdk%\bin\java" %options% -XX:ArchiveClassesAtExit="%archive%.new" -jar "%app%\lib\hayloft-cli.jar" generate --prompt Hello --max-new-tokens 2 >nul 2>&1 <nul
move /y "%archive%.new" "%archive%" >nul 2>&1
exit /b 0

rem Sets jdk to the folder %1, and version, if it holds a Java of at least 25.0.3 with the vector module and none was
rem found before.
:fits
if defined jdk exit /b 0
if not exist "%~1\bin\java.exe" exit /b 0
findstr /c:"jdk.incubator.vector" "%~1\release" >nul 2>&1 || exit /b 0
for /f "tokens=2 delims==" %%v in ('findstr /b "JAVA_VERSION=" "%~1\release"') do call :atleast %%~v "%~1"
exit /b 0

rem Sets jdk to %2 and version to %1 if that is at least 25.0.3.
:atleast
for /f "tokens=1-3 delims=.-+ " %%a in ("%~1.0.0") do (
    if %%a GTR 25 set "jdk=%~2"
    if %%a EQU 25 if %%b GTR 0 set "jdk=%~2"
    if %%a EQU 25 if %%b EQU 0 if %%c GEQ 3 set "jdk=%~2"
)
if defined jdk set "version=%~1"
exit /b 0

rem Builds the command line when it was never built or a source is newer than the last build.
:build
set "stamp=%app%\.built"
if exist "%stamp%" (
    powershell -NoProfile -Command "$t=(Get-Item -LiteralPath $env:stamp).LastWriteTimeUtc; $n=Get-ChildItem -Recurse -File -LiteralPath $env:root | Where-Object { $_.FullName -notmatch '\\target\\' -and $_.FullName -match '\\src\\main\\|\\grids\\|\\pom\.xml$' -and $_.LastWriteTimeUtc -gt $t } | Select-Object -First 1; if ($n) { exit 1 } else { exit 0 }" && exit /b 0
)
where mvn >nul 2>&1 || (
    echo hayloft: Apache Maven 3.8 or newer must be on the PATH to build>&2
    exit /b 1
)
echo hayloft: building; the first time downloads libraries and takes a few minutes ...>&2
set "JAVA_HOME=%jdk%"
if not exist "%root%\cli\target" mkdir "%root%\cli\target"
call mvn -B -q -Dstyle.color=never -Pquick -f "%root%\pom.xml" -pl cli -am -Dmaven.test.skip=true package >"%app%-failed.log" 2>&1 || (
    findstr /r /c:"ERROR.*[.]java:" "%app%-failed.log" >&2 || type "%app%-failed.log" >&2
    echo hayloft: the build failed: undo or correct the last change to the sources, or look at the full log, %app%-failed.log>&2
    exit /b 1
)
del "%app%\start-*.jsa" 2>nul
echo built> "%stamp%"
exit /b 0
