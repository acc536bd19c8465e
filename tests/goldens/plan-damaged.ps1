# THIS STORE WAS NOT READ WHOLE: the hive is dirty
# stop7b 0.1, 2026-01-02T03:04:05Z: takes entries out of a boot menu
# Store: ./BCD.host
# Image: win7.vhd
# Disk on the host: D:\vhd\win7.vhd
# Run it in an elevated PowerShell on the machine that owns this boot store.
# It only shows what it would do. With -Go it saves the store first, then does
# it, and stops at the first surprise. With -Undo it puts the saved store back.
#
# 1. {22222222-0000-11e4-9e43-806e6f6e6963}
#   description: Windows 7 (VHD)
#   device: vhd=[mbr:36234da4:0x100000]\vhd\win7.vhd,locate=custom:12000002
#   Windows on: vhd=[mbr:36234da4:0x100000]\vhd\win7.vhd,locate=custom:22000002
#   why: device and osdevice name this path
#   chosen: by hand
#   its resume object {2222aaaa-0000-11e4-9e43-806e6f6e6963}: goes with it (/cleanup)
#   its recovery entry {4444bbbb-0000-11e4-9e43-806e6f6e6963}: no longer referenced; not deleted
#   the ramdisk options of its recovery entry {55555555-5555-5555-5555-555555555555}: no longer referenced; not deleted
#   note: It is the default entry: another one becomes the default first.
#   note: It was to be started once at the next boot.
#   note: It is in the tools menu.
#
# Note: The virtual disk's file is not deleted.
# Note: Entries of the firmware are not touched.
# Note: Where BitLocker protects the host, suspend it first: a changed boot menu can make it ask for the recovery key.
param([switch]$Go, [switch]$Undo)
$ErrorActionPreference = 'Stop'
$bcd = $env:SystemRoot + '\System32\bcdedit.exe'
$xcopy = $env:SystemRoot + '\System32\xcopy.exe'
$backup = $env:SystemDrive + '\bcd-before-stop7b-20260102T030405Z.bak'
$file = 'E:\Boot\my BCD'
$store = @('/store', $file)

function Stop-Here($text) {
    Write-Host $text
    exit 1
}

function Get-Lines($words) {
    $call = $store + $words
    & $bcd $call
}

function Get-Ids($words) {
    $next = $false
    foreach ($line in @(Get-Lines $words)) {
        if ($next -and ($line -match '\{[0-9a-f-]+\}')) { $matches[0] }
        $next = $line -match '^-+ *$'
    }
}

function Get-Value($lines, $name) {
    foreach ($line in $lines) {
        if ($line -match ('^' + $name + ' +(.*)$')) { return $matches[1] }
    }
    return ''
}

function Get-Path($lines, $name) {
    $value = Get-Value $lines $name
    if ($value -match '^vhd=\[[^\]]*\](.*)$') { return $matches[1] }
    return ''
}

function Test-Same($is, $saw) {
    $code = [Console]::OutputEncoding
    return (($is -eq $saw) -or ($is -eq $code.GetString($code.GetBytes($saw))))
}

function Copy-Store($from, $to) {
    if (-not (Test-Path $to)) { $made = New-Item -ItemType File -Path $to }
    $words = @('/h', '/r', '/y', $from, $to)
    & $xcopy $words
    if ($LASTEXITCODE -ne 0) { Stop-Here 'The store could not be copied.' }
}

function Show-Undo() {
    Write-Host 'To undo: call this file with -Undo.'
    if ($file) { Write-Host ('which copies ' + $backup + ' over ' + $file) }
    else { Write-Host ('which is: bcdedit /import "' + $backup + '"') }
}

function Invoke-Step($words) {
    Write-Host ('bcdedit ' + ($words -join ' '))
    Get-Lines $words
    if ($LASTEXITCODE -ne 0) {
        Write-Host 'bcdedit did not do it.'
        Show-Undo
        exit 1
    }
}

if ($Undo) {
    if (-not (Test-Path $backup)) { Stop-Here ($backup + ' is not there: nothing to put back.') }
    if ($file) { Copy-Store $backup $file }
    else { Invoke-Step @('/import', $backup) }
    Write-Host 'The boot store is back.'
    exit 0
}

# what is there
$all = @(Get-Ids @('/enum', 'all', '/v'))
if ($all.Count -eq 0) { Stop-Here 'The boot store cannot be read. Run this as administrator.' }
$osloader = @(Get-Ids @('/enum', 'osloader', '/v'))
$resume = @(Get-Ids @('/enum', 'resume', '/v'))
$default = @(Get-Ids @('/enum', '{default}', '/v'))
$current = @()
$todo = @()
$gone = @()

# check entry 1
if ($all -contains '{22222222-0000-11e4-9e43-806e6f6e6963}') {
    $lines = @(Get-Lines @('/enum', '{22222222-0000-11e4-9e43-806e6f6e6963}', '/v'))
    if (-not ($osloader -contains '{22222222-0000-11e4-9e43-806e6f6e6963}')) { Stop-Here '{22222222-0000-11e4-9e43-806e6f6e6963}: its kind is not what the plan saw. Nothing was changed. Make a new plan.' }
    if (-not ((Test-Same (Get-Path $lines 'device') '\vhd\win7.vhd') -or (Test-Same (Get-Path $lines 'device') '\vhd\win7.vhd,locate=custom:12000002'))) { Stop-Here '{22222222-0000-11e4-9e43-806e6f6e6963}: its device is not what the plan saw. Nothing was changed. Make a new plan.' }
    if (-not ((Test-Same (Get-Value $lines 'path') '\Windows\system32\winload.exe'))) { Stop-Here '{22222222-0000-11e4-9e43-806e6f6e6963}: its path is not what the plan saw. Nothing was changed. Make a new plan.' }
    if (-not ((Test-Same (Get-Value $lines 'description') 'Windows 7 (VHD)'))) { Stop-Here '{22222222-0000-11e4-9e43-806e6f6e6963}: its description is not what the plan saw. Nothing was changed. Make a new plan.' }
    if (-not ((Test-Same (Get-Path $lines 'osdevice') '\vhd\win7.vhd') -or (Test-Same (Get-Path $lines 'osdevice') '\vhd\win7.vhd,locate=custom:22000002'))) { Stop-Here '{22222222-0000-11e4-9e43-806e6f6e6963}: its osdevice is not what the plan saw. Nothing was changed. Make a new plan.' }
    if (-not ((Test-Same (Get-Value $lines 'systemroot') '\Windows'))) { Stop-Here '{22222222-0000-11e4-9e43-806e6f6e6963}: its systemroot is not what the plan saw. Nothing was changed. Make a new plan.' }
    $todo += '{22222222-0000-11e4-9e43-806e6f6e6963}'
}
if ($todo.Count -eq 0) {
    Write-Host 'None of these entries is there any more: nothing to do.'
    exit 0
}
$others = @()
if ($osloader -contains '{33333333-0000-11e4-9e43-806e6f6e6963}') { $others += '{33333333-0000-11e4-9e43-806e6f6e6963}' }
if ($osloader -contains '{11111111-0000-11e4-9e43-806e6f6e6963}') { $others += '{11111111-0000-11e4-9e43-806e6f6e6963}' }
if ($others.Count -eq 0) { Stop-Here 'No other entry that the plan saw would be left to start Windows. Nothing was changed.' }
$new = $others[0]
foreach ($id in $others) {
    if ($current -contains $id) { $new = '{current}' }
}
if ($todo -contains '{22222222-0000-11e4-9e43-806e6f6e6963}') {
    Get-Lines @('/enum', '{22222222-0000-11e4-9e43-806e6f6e6963}', '/v')
    if ($default -contains '{22222222-0000-11e4-9e43-806e6f6e6963}') { Write-Host ('To do: bcdedit ' + (@('/default', $new) -join ' ')) }
    Write-Host ('To do: bcdedit ' + (@('/bootsequence', '{22222222-0000-11e4-9e43-806e6f6e6963}', '/remove') -join ' '))
    Write-Host ('To do: bcdedit ' + (@('/toolsdisplayorder', '{22222222-0000-11e4-9e43-806e6f6e6963}', '/remove') -join ' '))
    Write-Host ('To do: bcdedit ' + (@('/delete', '{22222222-0000-11e4-9e43-806e6f6e6963}', '/cleanup') -join ' '))
}
if (-not $Go) {
    Write-Host 'Nothing was changed. To do it, call this file with -Go.'
    exit 0
}

# save the store
if (Test-Path $backup) { Stop-Here ($backup + ' is there from an earlier run. Move it away first. Nothing was changed.') }
if ($file) { Copy-Store $file $backup }
else { Invoke-Step @('/export', $backup) }
if (-not (Test-Path $backup)) { Stop-Here 'The boot store could not be saved. Nothing was changed.' }

# delete entry 1
if ($todo -contains '{22222222-0000-11e4-9e43-806e6f6e6963}') {
    if ($default -contains '{22222222-0000-11e4-9e43-806e6f6e6963}') { Invoke-Step @('/default', $new) }
    Invoke-Step @('/bootsequence', '{22222222-0000-11e4-9e43-806e6f6e6963}', '/remove')
    Invoke-Step @('/toolsdisplayorder', '{22222222-0000-11e4-9e43-806e6f6e6963}', '/remove')
    Invoke-Step @('/delete', '{22222222-0000-11e4-9e43-806e6f6e6963}', '/cleanup')
    $gone += '{22222222-0000-11e4-9e43-806e6f6e6963}'
    $gone += '{2222aaaa-0000-11e4-9e43-806e6f6e6963}'
}

# verify: everything else is still there
Get-Lines @('/enum', 'all', '/v')
$after = @(Get-Ids @('/enum', 'all', '/v'))
foreach ($id in $all) {
    if ($after -contains $id) {
        if ($todo -contains $id) { Show-Undo; Stop-Here ($id + ' is still there.') }
    }
    else {
        if (-not ($gone -contains $id)) { Show-Undo; Stop-Here ($id + ' is gone and was not meant.') }
    }
}
Write-Host 'Done.'
Show-Undo
exit 0
